"""Whose request it is: nobody can say that of himself."""

import pytest

from servicekit.http.sources import Sources, parse_networks

PROXIES = Sources(parse_networks("10.0.0.0/8, 2001:db8::/32, 1.1.1.1"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "source"),
    [
        pytest.param("8.8.8.8", [], "8.8.8.8", id="a stranger"),
        pytest.param("8.8.8.8", ["9.9.9.9"], "8.8.8.8", id="a stranger who names another"),
        pytest.param("10.0.0.1", ["9.9.9.9"], "9.9.9.9", id="named by a proxy"),
        pytest.param("10.0.0.1", ["6.6.6.6, 9.9.9.9"], "9.9.9.9", id="what the sender wrote before"),
        pytest.param("10.0.0.1", ["6.6.6.6", "9.9.9.9, 1.1.1.1"], "9.9.9.9", id="two proxies, two headers"),
        pytest.param("10.0.0.1", ["9.9.9.9:1234"], "9.9.9.9", id="with a port"),
        pytest.param("::ffff:10.0.0.1", ["[2606:4700::1:2:3:4]:1234"], "2606:4700::/64", id="IPv6 with a port"),
        pytest.param("2001:db8::1", ["2606:4700::1"], "2606:4700::/64", id="IPv6 proxy"),
        pytest.param("::ffff:8.8.8.8", [], "8.8.8.8", id="IPv4 in IPv6"),
        pytest.param("10.0.0.1", [], None, id="a proxy that names nobody"),
        pytest.param("10.0.0.1", ["10.0.0.2"], None, id="a proxy that names a proxy"),
        pytest.param("10.0.0.1", ["9.9.9.9, unknown"], None, id="a proxy that does not know"),
        pytest.param("10.0.0.1", ["9.9.9.9, 192.168.0.1"], None, id="a proxy that is not listed"),
        pytest.param("192.168.0.1", ["9.9.9.9"], None, id="a private address that is not listed"),
        pytest.param("127.0.0.1", [], None, id="this machine"),
        pytest.param("fe80::1%eth0", [], None, id="the link"),
        pytest.param("", [], None, id="no address"),
        pytest.param("10.0.0.1", [",,\x00,[::"], None, id="nonsense"),
    ],
)
def test_source_is_the_first_address_from_the_right_that_is_no_trusted_proxy(
    peer: str, forwarded_for: list[str], source: str | None
) -> None:
    assert PROXIES.of_request(peer, forwarded_for) == source


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "proxy"),
    [
        pytest.param("192.168.0.1", ["9.9.9.9"], "192.168.0.1", id="a private address that is not listed"),
        pytest.param("172.17.0.1", [], "172.17.0.1", id="one that passes on bytes alone"),
        pytest.param("10.0.0.1", ["9.9.9.9, 192.168.0.1"], "192.168.0.1", id="one before those that are listed"),
        pytest.param("10.0.0.1", [], "10.0.0.1", id="a listed one that names nobody"),
        pytest.param("127.0.0.1", ["9.9.9.9"], "127.0.0.1", id="a tunnel on this machine"),
        pytest.param("127.0.0.1", [], "", id="a program of this machine"),
        pytest.param("10.0.0.1", ["9.9.9.9"], "", id="a listed one"),
        pytest.param("8.8.8.8", ["9.9.9.9"], "", id="a stranger who names another"),
    ],
)
def test_a_proxy_that_nobody_named_is_noticed(peer: str, forwarded_for: list[str], proxy: str) -> None:
    assert PROXIES.unnamed_proxy(peer, forwarded_for) == proxy


@pytest.mark.parametrize(("peer", "source"), [("8.8.8.8", "8.8.8.8"), ("1.1.1.1", None), ("127.0.0.1", None)])
def test_connections_of_proxies_are_nobodys(peer: str, source: str | None) -> None:
    assert PROXIES.of_connection(peer) == source


@pytest.mark.parametrize("text", ["10.0.0.1/8", "example.com", "10.0.0.0/99", "1.2.3.4;1.2.3.5"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="nor a CIDR"):
        parse_networks(f"127.0.0.1, {text}")
