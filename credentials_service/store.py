"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE, and every one that
writes Aborted CONCURRENT_UPDATE; then nothing was written."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from credentials_service.credential import Credential
from servicekit.request_context import Actor


@dataclass(frozen=True)
class AuditEntry:
    """What happened to a credential, on its way to the audit trail. Never holds a secret."""

    audit_record_id: str
    organization_id: str
    action: str
    subject_id: str
    actor: Actor
    time: datetime
    details: dict[str, str] = field(default_factory=dict)


class CredentialStore(Protocol):
    """Credentials, each change with its audit entry in one transaction."""

    async def get(self, account_sid: str) -> Credential | None:
        """The account's credential, of whatever organization."""
        ...

    async def list_credentials(self, organization_id: str, after: str, limit: int) -> list[Credential]:
        """Oldest first; `after` is the last credential id of the page before."""
        ...

    async def create(self, credential: Credential, entry: AuditEntry) -> bool:
        """Stores it; False when the account has one already, and then nothing is written."""
        ...

    async def replace(self, credential: Credential, entry: AuditEntry) -> bool:
        """Writes it over the stored one of the same `revision`, with the next revision; False when there is none."""
        ...

    async def delete(self, credential: Credential, entry: AuditEntry) -> bool:
        """Removes it, if it still has that `revision`; False otherwise."""
        ...


class AuditOutbox(Protocol):
    """Audit entries that ticket_service has not got yet."""

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> list[AuditEntry]:
        """The oldest ones, if nobody else has claimed the outbox until now; nobody else gets any until
        `lease_until`."""
        ...

    async def remove(self, audit_record_ids: list[str]) -> None:
        """They have arrived. The claim ends with it."""
        ...
