"""Background work: hands audit entries to ticket_service, in order, as often as it takes. They are added once by their
id, so that handing one over twice does no harm."""

import asyncio
import contextlib
from datetime import timedelta
from itertools import groupby

import grpc
import structlog

from credentials_service.convert import to_audit_record
from credentials_service.store import AuditOutbox
from keva.ticket.v1 import audit_service_pb2, audit_service_pb2_grpc
from servicekit.clock import Clock
from servicekit.rpc_errors import as_keva_error

LEASE = timedelta(seconds=15)
_BATCH = 100
_log = structlog.get_logger(__name__)


class AuditRelay:
    """Relays entries until cancelled."""

    def __init__(self, outbox: AuditOutbox, channel: grpc.aio.Channel, clock: Clock, poll_seconds: float) -> None:
        self._outbox = outbox
        self._stub = audit_service_pb2_grpc.AuditServiceStub(channel)
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Looks at the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Relays what is there, and waits for more."""
        while True:
            self._woken.clear()
            try:
                while await self._relay():
                    pass
            except grpc.aio.AioRpcError as error:
                _log.warning("audit records wait for ticket_service", reason=as_keva_error(error).reason)
            except Exception as error:
                _log.warning("the audit outbox cannot be read; trying again", exc_info=error)
            await self._wait()

    async def _wait(self) -> None:
        # Not wait_for: in Python 3.11 it may swallow a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()

    async def _relay(self) -> bool:
        """Hands one batch over; whether there was one."""
        now = self._clock()
        entries = await self._outbox.claim(now, now + LEASE, _BATCH)
        if not entries:
            return False
        arrived: list[str] = []
        try:
            for organization_id, group in groupby(entries, key=lambda entry: entry.organization_id):
                some = list(group)
                request = audit_service_pb2.AppendAuditRecordsRequest(
                    organization_id=organization_id, audit_records=map(to_audit_record, some)
                )
                await self._stub.AppendAuditRecords(request)
                arrived += [entry.audit_record_id for entry in some]
        finally:
            # Gives the claim back too, so that the next try need not wait for its end.
            await self._outbox.remove(arrived)
        return True
