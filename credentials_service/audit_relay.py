"""Background work: hands audit entries to ticket_service, in order within an organization, as often as it takes. They
are added once by their id, so that handing one over twice does no harm."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from credentials_service.store import AuditEntry, AuditOutbox
from servicekit.background_work.backoff import doubled
from servicekit.background_work.failures import log_failure
from servicekit.background_work.one_by_one import one_by_one
from servicekit.background_work.wake_up import WakeUp
from servicekit.errors import Aborted, KevaError, Unavailable
from servicekit.limits import ITEMS_PER_CALL

LEASE = timedelta(seconds=15)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=0.5), timedelta(seconds=10)
_REFUSED_WAIT = timedelta(seconds=60)
# Until what lost a race is handed over again.
_RACE_SECONDS = 0.5
_log = structlog.get_logger(__name__)


class AuditTrail(Protocol):
    """Where the entries go; audit_client implements it."""

    async def append(self, organization_id: str, entries: Sequence[AuditEntry]) -> None:
        """Adds them in this order, each once by its id. At most 100. Raises a KevaError; asking again is safe."""
        ...


class AuditRelay:
    """Relays entries until cancelled. An organization's queue is claimed by a lease, so that replicas share the work; a
    replica that dies, or whose lease runs out, has at worst handed over what another one hands over again."""

    def __init__(self, outbox: AuditOutbox, trail: AuditTrail, poll_seconds: float) -> None:
        self._outbox = outbox
        self._trail = trail
        self._poll_seconds = poll_seconds
        self._owner = uuid.uuid4().hex
        self._wake_up = WakeUp()
        self._lost_race = False

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._wake_up.wake()

    async def run(self) -> None:
        """Relays what is there, and waits for more; longer and longer while the peer or the database is down, when no
        wake-up makes it come back sooner."""
        failures = 0
        while True:
            self._wake_up.clear()
            self._lost_race = False
            failures = 0 if await self._relay_all() else failures + 1
            if failures:
                await asyncio.sleep(doubled(failures, _SHORTEST_WAIT, _LONGEST_WAIT).total_seconds())
            else:
                await self._wake_up.wait(
                    min(_RACE_SECONDS, self._poll_seconds) if self._lost_race else self._poll_seconds
                )

    async def _relay_all(self) -> bool:
        """Relays every organization's queue to its end; False when the peer or the database is down, or one of them
        failed, which stops no other."""
        try:
            organizations = await self._outbox.organizations()
            relayed = await one_by_one(organizations, self._relay, "audit records of an organization", str)
        except Unavailable as error:
            _log.warning("audit records wait for ticket_service", reason=error.reason)
            return False
        except Exception as error:
            log_failure(_log, "the audit outbox cannot be relayed; trying again", error)
            return False
        return relayed == len(organizations)

    async def _relay(self, organization_id: str) -> None:
        """Relays one queue, unless another replica does. Raises Unavailable."""
        put_off = timedelta(0)
        try:
            while await self._outbox.claim(organization_id, self._owner, LEASE):
                if not await self._relay_batch(organization_id):
                    break
        except Unavailable:
            raise
        except Aborted as error:
            self._lost_race = True
            _log.info("other audit records came first", organization_id=organization_id, reason=error.reason)
        except KevaError as error:
            # It stays where it is, and so does what is behind it; other organizations go on.
            _log.error("ticket_service refuses audit records", organization_id=organization_id, reason=error.reason)
            put_off = _REFUSED_WAIT
        finally:
            await self._outbox.release(organization_id, self._owner, put_off)

    async def _relay_batch(self, organization_id: str) -> bool:
        """Hands over the head of the queue; whether more may wait behind it."""
        entries = await self._outbox.oldest(organization_id, ITEMS_PER_CALL)
        if not entries:
            return False
        await self._trail.append(organization_id, entries)
        await self._outbox.remove([entry.audit_record_id for entry in entries])
        return len(entries) == ITEMS_PER_CALL
