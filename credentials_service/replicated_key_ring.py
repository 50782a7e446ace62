"""The key ring as all replicas have it. A folder that is mounted reaches one replica earlier than another: nothing is
encrypted with a key that some replica has not got yet."""

import asyncio
import time
import uuid
from collections.abc import Set

import structlog

from credentials_service import errors
from credentials_service.keyring import FileKeyRing, WrappedKey
from credentials_service.store import KeyStore, Replica, ReplicaStore
from servicekit.background_work.failures import log_failure
from servicekit.background_work.rounds import repeat

# A rotation wraps many keys a second; what the other replicas have is not asked for each time.
_AGREED_SECONDS = 1.0
_log = structlog.get_logger(__name__)


class ReplicatedKeyRing:
    """Implements keyring.KeyRing; `run` is the background work."""

    def __init__(self, own: FileKeyRing, replicas: ReplicaStore, secrets: KeyStore, poll_seconds: float) -> None:
        self._own = own
        self._replicas = replicas
        self._secrets = secrets
        self._poll_seconds = poll_seconds
        self._replica_id = uuid.uuid4().hex
        self._problems: tuple[str, ...] = ()
        self._reporting: asyncio.Task[None] | None = None
        self._agreed: tuple[str, float] = ("", 0.0)

    async def active(self) -> str:
        return await self._own.active()

    async def key_ids(self) -> Set[str]:
        return await self._own.key_ids()

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        while True:
            key_id = await self._own.active()
            await self._require_everywhere(key_id)
            wrapped = await self._own.wrap(data_key, context)
            if wrapped.key_id == key_id:
                return wrapped

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        return await self._own.unwrap(wrapped, context)

    async def run(self) -> None:
        """Reads the folder again and again, and reports to the other replicas, until cancelled."""
        await repeat(self._look_again, self._poll_seconds, "reporting the state of the key ring")

    async def _look_again(self) -> bool:
        await self.look()
        return False

    async def look(self) -> None:
        """Reads the folder, lets keys go that have left it and are needed no more, and reports."""
        self._own.reload()
        problems = [self._own.trouble] if self._own.trouble else []
        if departed := self._own.departed:
            secrets, waiting = await self._secrets.count_secrets(), await self._secrets.count_waiting_entries()
            for key_id in departed:
                if key_id in secrets:
                    problems.append(_departed(key_id, secrets[key_id]))
                elif key_id in waiting:
                    problems.append(_departed_early(key_id, waiting[key_id]))
                else:
                    self._own.forget(key_id)
        self._say(tuple(problems))
        await self._report()

    async def leave(self) -> None:
        """The process ends in good order: the others need not wait for it any more."""
        if self._reporting is not None:
            await asyncio.gather(self._reporting, return_exceptions=True)
            try:
                await self._replicas.withdraw(self._replica_id)
            except Exception as error:
                log_failure(_log, "this replica could not withdraw; it is forgotten by itself", error)

    def _say(self, problems: tuple[str, ...]) -> None:
        for problem in problems:
            if problem not in self._problems:
                _log.error("the key ring needs attention", problem=problem)
        self._problems = problems

    async def _report(self) -> None:
        own = self._own
        replica = Replica(self._replica_id, own.active_key_id, own.fingerprints, self._problems)
        # Never interrupted: a report that the driver still sends would arrive after `leave`.
        self._reporting = asyncio.create_task(self._replicas.report(replica))
        await asyncio.shield(self._reporting)

    async def _require_everywhere(self, key_id: str) -> None:
        """Raises Unavailable KEY_RING_NOT_READY when some replica has no such key, or another one of that id."""
        agreed_key_id, agreed_at = self._agreed
        if key_id == agreed_key_id and time.monotonic() - agreed_at < _AGREED_SECONDS:
            return
        mine = self._own.fingerprints.get(key_id)
        others = [r for r in await self._replicas.replicas() if r.replica_id != self._replica_id]
        if mine is None or any(replica.fingerprints.get(key_id) != mine for replica in others):
            raise errors.key_ring_not_ready(key_id)
        self._agreed = key_id, time.monotonic()


def _departed(key_id: str, secrets: int) -> str:
    return (
        f"key {key_id}: its file is gone or holds another key now, and {secrets} secrets need it; put the file back "
        "before this process ends, and rotate the keys first"
    )


def _departed_early(key_id: str, entries: int) -> str:
    return (
        f"key {key_id}: its file is gone or holds another key now, and {entries} audit records that it sealed have not "
        "reached ticket_service; this process hands them over, unless it ends first: then put the file back"
    )
