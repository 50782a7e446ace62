"""Use cases: what the key-encryption keys wrap, and wrapping everything with the active one."""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog

from credentials_service import errors
from credentials_service.audit_action import AuditAction
from credentials_service.cipher import Cipher, Rewrapped
from credentials_service.credential import Credential
from credentials_service.keyring import KeyRing, KeyRingUnfit
from credentials_service.store import AuditEntry, KeyStore, Malformed, ReplicaStore
from servicekit.clock import Clock
from servicekit.errors import Aborted
from servicekit.ids import new_id
from servicekit.paging import Page, decode, encode, id_at, page_size
from servicekit.rpc.request_context import Actor

_ATTEMPTS = 8
_EXAMPLES = 5
# Of the page tokens: a rotation has no filters.
_ARGUMENTS = ("rotate by id",)
_STOP = (
    "KEVA_KEY_RING_DIR: stored secrets could not be decrypted with this key ring. Put the right files back; keys that "
    "are lost for good go into KEVA_LOST_KEY_IDS, and the accounts concerned have to be connected again:"
)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class KeyUse:
    """A key, whether any replica encrypts with it, how many secrets it wraps, how many replicas have it, and how many
    audit entries that it has sealed are still to reach the audit trail."""

    key_id: str
    active: bool
    secrets: int
    replicas: int
    waiting_entries: int


@dataclass(frozen=True)
class KeyList:
    """All keys, how many replicas run, and what is wrong with their key rings."""

    keys: Sequence[KeyUse]
    replicas: int
    problems: Sequence[str]


@dataclass(frozen=True)
class Unreadable:
    """A secret that no key of the ring opens: a SharedKey, or without `shared_key_id` an Auth Token. Without `key_id`,
    a whole record that is not a credential."""

    credential_id: str
    organization_id: str
    account_sid: str
    key_id: str = ""
    shared_key_id: str = ""


@dataclass(frozen=True)
class Rotated:
    """One part of a rotation; `next_token` is empty after the last."""

    key_id: str
    credentials: int
    rewrapped: int
    unreadable: Sequence[Unreadable]
    total: int
    next_token: str


class Keys:
    """The keys that all organizations' secrets are wrapped with. `wake_audit` is called after each change."""

    def __init__(
        self,
        store: KeyStore,
        replicas: ReplicaStore,
        key_ring: KeyRing,
        clock: Clock,
        wake_audit: Callable[[], None],
    ) -> None:
        self._store = store
        self._replicas = replicas
        self._key_ring = key_ring
        self._cipher = Cipher(key_ring)
        self._clock = clock
        self._wake_audit = wake_audit

    async def require_readable(self, lost_key_ids: Container[str]) -> None:
        """Raises KeyRingUnfit when stored secrets need a key that is missing, or that another one has the id of; those
        of `lost_key_ids` are given up."""
        held = await self._key_ring.key_ids()
        mistakes = []
        for key_id, secrets in (await self._store.count_secrets()).items():
            if key_id in lost_key_ids:
                continue
            if key_id not in held:
                mistakes.append(f"  {key_id}: is missing, and {secrets} stored secrets need it")
            elif not await self._opens_its_own(key_id):
                mistakes.append(f"  {key_id}: is not the key that encrypted the {secrets} stored secrets which need it")
        if mistakes:
            raise KeyRingUnfit("\n".join((_STOP, *mistakes)))

    async def _opens_its_own(self, key_id: str) -> bool:
        # More than one: a single record may have been tampered with, which says nothing about the key.
        examples = await self._store.wrapped_by(key_id, _EXAMPLES)
        opened = [await self._cipher.is_opened_by(credential, key_id) for credential in examples]
        return any(opened) or not examples

    async def list_keys(self) -> KeyList:
        """All keys that any replica has or that any secret or waiting audit entry needs, by id."""
        replicas = await self._replicas.replicas()
        active = {await self._key_ring.active(), *(replica.active_key_id for replica in replicas)}
        secrets, waiting = await self._store.count_secrets(), await self._store.count_waiting_entries()
        having = Counter(key_id for replica in replicas for key_id in replica.fingerprints)
        ids = sorted({*active, *secrets, *waiting, *having})
        uses = [
            KeyUse(key_id, key_id in active, secrets.get(key_id, 0), having[key_id], waiting.get(key_id, 0))
            for key_id in ids
        ]
        problems = sorted({problem for replica in replicas for problem in replica.problems})
        return KeyList(uses, len(replicas), problems)

    async def rotate(self, key_id: str, asked: Page, actor: Actor) -> Rotated:
        """Wraps what a page of credentials holds with the active key, which must be `key_id` unless that is empty.
        Raises KEY_RING_NOT_READY, CONCURRENT_UPDATE, PAGE_TOKEN_INVALID, FIELD_INVALID."""
        active = await self._key_ring.active()
        if key_id not in ("", active):
            raise errors.key_ring_not_ready(key_id)

        size, after = page_size(asked.size), id_at(decode(asked.token, _ARGUMENTS))
        part = await self._store.credentials_after(after, size)
        done: list[Rewrapped] = []
        for _, same_organization in groupby(sorted(part.credentials, key=_organization), _organization):
            done += await self._rotate_organization(list(same_organization), active, actor)
        return Rotated(
            key_id=active,
            credentials=len(part.credentials) + len(part.malformed),
            rewrapped=sum(len(rewrapped.retired) for rewrapped in done),
            unreadable=[
                *map(_no_credential, part.malformed),
                *(u for rewrapped in done for u in _unreadable(rewrapped)),
            ],
            total=await self._store.count_credentials(),
            next_token=encode([part.credentials[-1].credential_id], _ARGUMENTS)
            if len(part.credentials) == size
            else "",
        )

    async def _rotate_organization(
        self, credentials: Sequence[Credential], active: str, actor: Actor
    ) -> list[Rewrapped]:
        """Wraps them again, all or none, with one audit entry. What somebody else has changed is read again."""
        organization_id, before = credentials[0].organization_id, credentials
        for _ in range(_ATTEMPTS):
            done = [await self._cipher.rewrap(credential) for credential in before]
            changed = [rewrapped.credential for rewrapped in done if rewrapped.retired]
            if not changed:
                return done
            if await self._store.rewrap(changed, self._entry(organization_id, active, done, actor)):
                self._wake_audit()
                return done
            before = await self._store.credentials_named([credential.credential_id for credential in credentials])
        raise Aborted("CONCURRENT_UPDATE", "somebody else keeps changing these credentials; ask again")

    def _entry(self, organization_id: str, active: str, done: Sequence[Rewrapped], actor: Actor) -> AuditEntry:
        retired = [key_id for rewrapped in done for key_id in rewrapped.retired]
        details = {
            "key_id": active,
            "retired_key_ids": ",".join(sorted(set(retired))),
            "credentials": str(sum(1 for rewrapped in done if rewrapped.retired)),
            "secrets": str(len(retired)),
        }
        return AuditEntry(
            new_id("aud"), organization_id, AuditAction.KEYS_ROTATED, active, actor, self._clock(), details
        )


def _organization(credential: Credential) -> str:
    return credential.organization_id


def _no_credential(malformed: Malformed) -> Unreadable:
    return Unreadable(malformed.credential_id, malformed.organization_id, malformed.account_sid)


def _unreadable(rewrapped: Rewrapped) -> list[Unreadable]:
    owner = rewrapped.credential
    for secret in rewrapped.unreadable:
        _log.error(
            "a credential's data key cannot be unwrapped",
            credential_id=owner.credential_id,
            key_id=secret.key_id,
            shared_key_id=secret.shared_key_id,
        )
    return [
        Unreadable(owner.credential_id, owner.organization_id, owner.account_sid, secret.key_id, secret.shared_key_id)
        for secret in rewrapped.unreadable
    ]
