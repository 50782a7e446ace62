"""Who calls: the identity in a caller's certificate, a URI such as spiffe://keva/gateway."""

import re
from dataclasses import dataclass
from typing import Any

TRUST_DOMAIN = "spiffe://keva/"
OPERATOR = "operator"
_PATH = re.compile(r"([a-z][a-z0-9_]{0,62})(?:/([A-Za-z0-9._-]{1,128}))?\Z")


@dataclass(frozen=True)
class Caller:
    """A service by its name, or `operator`: whoever runs Keva. With an `organization_id` it is that one's alone."""

    name: str
    organization_id: str = ""

    def __str__(self) -> str:
        return f"{self.name}/{self.organization_id}" if self.organization_id else self.name


def uri(name: str, organization_id: str = "") -> str:
    """The URI that a certificate carries for that identity."""
    return TRUST_DOMAIN + str(Caller(name, organization_id))


def server_name(service: str) -> str:
    """The DNS name in a service's certificate, by which clients know whom they reached, whatever the address was."""
    return f"{service.replace('_', '-')}.keva.internal"


def parse(identity: str) -> Caller | None:
    """The caller that a URI names; None when it is none of ours."""
    match = _PATH.match(identity.removeprefix(TRUST_DOMAIN)) if identity.startswith(TRUST_DOMAIN) else None
    return Caller(match[1], match[2] or "") if match else None


def of_call(context: Any) -> Caller | None:
    """The caller of a gRPC call, by the certificate that its connection was made with. None: it has no identity of
    ours, or more than one."""
    named = [parse(value.decode(errors="replace")) for value in context.auth_context().get("peer_spiffe_id", ())]
    return named[0] if len(named) == 1 else None
