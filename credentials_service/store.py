"""What the use cases need of the database. Every method may raise Unavailable STORE_UNAVAILABLE, and every one that
writes a credential Aborted CONCURRENT_UPDATE; then nothing was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from credentials_service.credential import Credential
from servicekit.rpc.request_context import Actor

REPLICA_SECONDS = 30


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
        """The account's credential, of whatever organization. Raises FailedPrecondition CREDENTIAL_MALFORMED."""
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


@dataclass(frozen=True)
class Malformed:
    """A stored record that is not a credential: somebody else wrote or changed it. What it does not say is empty."""

    credential_id: str
    organization_id: str
    account_sid: str


@dataclass(frozen=True)
class StoredCredentials:
    """Some of what is stored: the credentials, and the records between them that are not credentials."""

    credentials: Sequence[Credential]
    malformed: Sequence[Malformed]


class KeyStore(Protocol):
    """Which keys the secrets of all organizations need, and writing the secrets once they are wrapped again. A record
    that is not a credential is passed over, and the log names it."""

    async def count_secrets(self) -> dict[str, int]:
        """How many secrets each key wraps, by its id; keys that wrap none are left out."""
        ...

    async def count_waiting_entries(self) -> dict[str, int]:
        """How many audit entries that wait in the outbox each key has sealed, by its id; those that were set aside, and
        keys that sealed none, are left out."""
        ...

    async def wrapped_by(self, key_id: str, limit: int) -> list[Credential]:
        """Some credentials with a secret that this key wraps."""
        ...

    async def count_credentials(self) -> int:
        """Those of all organizations, roughly, and what is malformed."""
        ...

    async def credentials_after(self, credential_id: str, limit: int) -> StoredCredentials:
        """Those of all organizations, by id, behind this one; an empty id stands before the first. Fewer credentials
        than `limit` mean the end, and only then is everything malformed named."""
        ...

    async def credentials_named(self, credential_ids: Sequence[str]) -> list[Credential]:
        """Those of them that are still there, as they are now."""
        ...

    async def rewrap(self, credentials: Sequence[Credential], entry: AuditEntry) -> bool:
        """Writes them over the stored ones, each with the next revision, and the entry, all in one transaction. False
        when any does not have its `revision` any more, and then nothing is written."""
        ...


@dataclass(frozen=True)
class Replica:
    """A running process as the others see it: its keys as fingerprints by their ids, and what is wrong with them."""

    replica_id: str
    active_key_id: str
    fingerprints: Mapping[str, str]
    problems: Sequence[str] = ()


class ReplicaStore(Protocol):
    """The running replicas and their key rings. A replica that does not report for `REPLICA_SECONDS` is gone."""

    async def report(self, replica: Replica) -> None:
        """This is how it is now."""
        ...

    async def replicas(self) -> list[Replica]:
        """Those that run, by their ids; a report that cannot be read counts for nobody."""
        ...

    async def withdraw(self, replica_id: str) -> None:
        """It ends."""
        ...


class AuditOutbox(Protocol):
    """Audit entries that ticket_service has not got yet: one queue per organization, in the order of the commits."""

    async def organizations(self) -> list[str]:
        """Those for which something waits."""
        ...

    async def claim(self, organization_id: str, owner: str, lease: timedelta) -> bool:
        """Whether the queue is `owner`'s alone for so long, from now on. False while somebody else has claimed it, and
        until it may be claimed again. No replica's clock counts."""
        ...

    async def oldest(self, organization_id: str, limit: int) -> list[AuditEntry]:
        """The head of the queue. Whatever is missing before it has been removed."""
        ...

    async def remove(self, audit_record_ids: list[str]) -> None:
        """They have arrived."""
        ...

    async def release(self, organization_id: str, owner: str, put_off: timedelta = timedelta(0)) -> None:
        """The queue may be claimed again after so long; nothing happens when it is not `owner`'s any more."""
        ...
