"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE, and every one that
writes a credential Aborted CONCURRENT_UPDATE; then nothing was written."""

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
    """Audit entries that ticket_service has not got yet: one queue per organization, in the order of the commits."""

    async def organizations(self) -> list[str]:
        """Those for which something waits."""
        ...

    async def claim(self, organization_id: str, owner: str, now: datetime, until: datetime) -> bool:
        """Whether the queue is `owner`'s alone until `until`. False while somebody else has claimed it, and until it
        may be claimed again."""
        ...

    async def oldest(self, organization_id: str, limit: int) -> list[AuditEntry]:
        """The head of the queue. Whatever is missing before it has been removed."""
        ...

    async def remove(self, audit_record_ids: list[str]) -> None:
        """They have arrived."""
        ...

    async def release(self, organization_id: str, owner: str, at: datetime) -> None:
        """The queue may be claimed again from `at` on; nothing happens when it is not `owner`'s any more."""
        ...
