"""Delivery records: what this service knows of a message that it sends. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from sms_service.twilio.errors import explain

# How far each of Twilio's statuses is; none of the last rank but `read` is ever left.
_RANKS = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "delivered": 4,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "partially_delivered": 4,
    "read": 5,
}
_FINAL_RANK = 4
FAILED_STATUSES = frozenset({"failed", "undelivered", "canceled"})
ARRIVED_STATUSES = frozenset({"delivered", "read"})
_STATES = {
    "sent": "SENT",
    "delivered": "DELIVERED",
    "partially_delivered": "DELIVERED",
    "read": "READ",
    **dict.fromkeys(FAILED_STATUSES, "FAILED"),
}


@dataclass(frozen=True)
class Delivery:
    """A message on its way. `status` is Twilio's word, empty until Twilio has it; `refused` says that it never will.
    `place_time` is when its number may send it."""

    message_id: str
    organization_id: str
    workspace_id: str
    account_sid: str
    from_address: str
    to_address: str
    create_time: datetime
    attempt_time: datetime
    message_sid: str = ""
    status: str = ""
    error_code: int = 0
    error_text: str = ""
    segments: int = 0
    refused: bool = False
    place_time: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is to be sent any more."""
        return bool(self.message_sid) or self.refused

    @property
    def final(self) -> bool:
        """Whether no more news is to come; READ may still follow a delivery."""
        return self.refused or _RANKS.get(self.status, 0) >= _FINAL_RANK

    @property
    def state(self) -> str:
        """ACCEPTED, SENT, DELIVERED, FAILED or READ, as message.proto names them."""
        return "FAILED" if self.refused else _STATES.get(self.status, "ACCEPTED")


def is_known_status(status: str) -> bool:
    """Whether Twilio documents that status."""
    return status in _RANKS


def advance(delivery: Delivery, message_sid: str, status: str, error_code: int) -> Delivery:
    """The record after news from Twilio, in whatever order it comes; what is final stays."""
    known = replace(delivery, message_sid=delivery.message_sid or message_sid)
    if _RANKS.get(status, 0) <= _RANKS.get(delivery.status, -1):
        return known
    if delivery.status in FAILED_STATUSES:
        return known
    failed = status in FAILED_STATUSES
    code = error_code if failed else 0
    return replace(known, status=status, error_code=code, error_text=explain(code).sentence if failed else "")
