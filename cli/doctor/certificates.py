"""Whether the certificates of the services, and of this command, are renewed in time."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.doctor.services import addresses
from cli.session import Session
from client.doctor.finding import Condition, Finding
from client.words.times import time_text
from servicekit.rpc import certificates, identity

_SECONDS = 5.0
# cert-manager renews when a third of the time is left, unless set otherwise: with a sixth, nobody renews.
_RENEWED_BEFORE = 1 / 6
_ADVICE = (
    "Renew its files; no restart is needed. If cert-manager should have done that, look at the Certificate's state."
)


@dataclass(frozen=True)
class _Validity:
    whose: str
    start: datetime
    end: datetime

    @property
    def words(self) -> str:
        return f"expires on {time_text(self.end)}"

    @property
    def facts(self) -> dict[str, str]:
        return {"of": self.whose, "expires": self.end.isoformat()}

    def is_due(self, now: datetime) -> bool:
        return self.end - now < (self.end - self.start) * _RENEWED_BEFORE


async def certificate_expiry(session: Session) -> list[Finding]:
    """One finding if all are in time, else one for each that is not. Services that cannot be asked are left out: other
    findings say what is wrong with them."""
    folder = Path(session.settings.tls_dir)
    asked = await asyncio.gather(*(_service(folder, name, address) for name, address in addresses(session)))
    known = [validity for validity in asked if validity is not None]
    with contextlib.suppress(certificates.CertificateError):
        known.append(_Validity("this command", *certificates.validity(certificates.read(folder))))
    return _findings(known, datetime.now(UTC))


def _findings(known: Sequence[_Validity], now: datetime) -> list[Finding]:
    due = [validity for validity in known if validity.is_due(now)]
    if due:
        return [Finding(f"certificate of {one.whose}", Condition.WRONG, one.words, _ADVICE, one.facts) for one in due]
    return [_first(known)] if known else []


def _first(known: Iterable[_Validity]) -> Finding:
    first = min(known, key=lambda validity: validity.end)
    return Finding(
        "certificates",
        Condition.OK,
        f"that of {first.whose} is the first to expire, on {time_text(first.end)}",
        facts=first.facts,
    )


async def _service(folder: Path, service: str, address: str) -> _Validity | None:
    """What the certificate says that is presented at `address`; None if nobody does whom we trust."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    try:
        async with asyncio.timeout(_SECONDS):
            made = asyncio.open_connection(
                host.strip("[]"), int(port), ssl=_context(folder), server_hostname=identity.server_name(service)
            )
            _, writer = await made
    except (OSError, ValueError):
        return None
    try:
        presented: dict[str, Any] = writer.get_extra_info("peercert")
        return _Validity(f"{service} at {address}", _time(presented["notBefore"]), _time(presented["notAfter"]))
    finally:
        # Not waited for: gRPC does not say goodbye to somebody who only shook hands.
        writer.transport.abort()


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / certificates.AUTHORITIES)
    context.load_cert_chain(folder / certificates.CERTIFICATE, folder / certificates.KEY)
    context.set_alpn_protocols(["h2"])
    return context


def _time(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
