"""Who sends a request: the connecting peer, or the address that a trusted proxy names."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# What one customer of an IPv6 provider has at least.
_IPV6_PREFIX = 64


class Sources:
    """Names sources. None stands for one that may be anybody: a private address is nobody's on the internet, friend or
    attacker, but that of some proxy of ours, behind which there are both."""

    def __init__(self, trusted_proxies: Iterable[Network] = ()) -> None:
        self._trusted = tuple(trusted_proxies)

    def of_connection(self, peer: str) -> str | None:
        """Whose connection it is."""
        address = _address(peer)
        return None if address is None or self._trusts(address) else _name(address)

    def of_request(self, peer: str, forwarded_for: Sequence[str]) -> str | None:
        """Whose request it is; `forwarded_for` are the X-Forwarded-For headers, in order. Proxies append, so that only
        what stands to the right of the first address that we do not trust was written by one that we do."""
        address = self._sender(peer, forwarded_for)
        return None if address is None else _name(address)

    def unnamed_proxy(self, peer: str, forwarded_for: Sequence[str]) -> str:
        """The address of what seems to be a proxy of ours that nobody has named, or of one that is named and does not
        say who asks: whoever stands behind it cannot be told apart. Empty if there is none; a program of this machine
        that passes on nobody does not count."""
        address = self._sender(peer, forwarded_for)
        if address is None:
            return peer
        if address.is_global or (address.is_loopback and not forwarded_for):
            return ""
        return str(address)

    def _sender(self, peer: str, forwarded_for: Sequence[str]) -> Address | None:
        address = _address(peer)
        hops = [hop for header in forwarded_for for hop in header.split(",")]
        while address is not None and self._trusts(address):
            address = _address(hops.pop()) if hops else None
        return address

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def parse_networks(text: str) -> list[Network]:
    """The networks of a list such as `10.0.0.0/8, 2001:db8::/32, 192.0.2.1`. Raises ValueError that names the wrong
    one."""
    networks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part))
        except ValueError:
            raise ValueError(f"{part[:64]!r} is neither an address nor a CIDR network, such as 10.0.0.0/8") from None
    return networks


def _address(text: str) -> Address | None:
    """The address that `text` begins with; some proxies add the port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _name(address: Address) -> str | None:
    if not address.is_global:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)
