"""How far an organization has come, as the services know it: the console remembers nothing of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from client.lists import list_channels, list_twilio_accounts
from client.session import Session
from console.visit import Visit
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import audit_service_pb2, channel_service_pb2

_RECEIVED, _DELIVERY = "message.received", "message.delivery_changed"
_ARRIVED = frozenset({"DELIVERED", "READ"})
# How many of the newest delivery reports are looked through: first few, since most arrive.
_FEW, _MOST = 20, 200


@dataclass(frozen=True)
class Progress:
    """What is done. `texted`: a customer's text has come; `answered`: a reply has arrived."""

    accounts: Sequence[sms_service_pb2.TwilioAccount]
    channels: Sequence[channel_service_pb2.Channel]
    texted: bool
    answered: bool

    @property
    def step(self) -> int:
        """The first step that is not done: 2 connect, 3 add a number, 4 text it, 5 answer; 6: all are."""
        done = (bool(self.accounts), bool(self.channels), self.texted, self.answered)
        return next((number for number, is_done in enumerate(done, start=2) if not is_done), 6)


async def progress(visit: Visit) -> Progress:
    """Raises Failure, also for agents who are not administrators."""
    session = visit.session
    accounts, channels, texts, answered = await asyncio.gather(
        list_twilio_accounts(session), list_channels(session), _records(session, _RECEIVED, 1), is_set_up(visit)
    )
    return Progress(accounts, channels, bool(texts), answered)


async def is_set_up(visit: Visit) -> bool:
    """Whether a reply has ever arrived at a customer's phone. Where very many were sent, it counts as so. Raises
    Failure."""
    if await _has_arrived(visit.session, _FEW):
        return True
    return await _has_arrived(visit.session, _MOST)


async def _has_arrived(session: Session, count: int) -> bool:
    records = await _records(session, _DELIVERY, count)
    return len(records) >= _MOST or any(record.details.get("to") in _ARRIVED for record in records)


async def _records(session: Session, action: str, count: int) -> Sequence[audit_service_pb2.AuditRecord]:
    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id=session.organization_id, action=action, page_size=count
    )
    return (await session.ask(session.services.audit.ListAuditRecords, request)).audit_records
