"""Delivery records: what this service knows of a message that it sends.

Statuses are Twilio's words; whoever reads another provider's wire translates them into these.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sms_service.domain.provider_errors import Failure

# How far each status is; none of the last rank but `read` is ever left.
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
# Nobody gives a reason for what was canceled.
_EXPLAINED_STATUSES = frozenset({"failed", "undelivered"})
ARRIVED_STATUSES = frozenset({"delivered", "read"})
_STATES = {
    "sent": "SENT",
    "delivered": "DELIVERED",
    "partially_delivered": "DELIVERED",
    "read": "READ",
    **dict.fromkeys(FAILED_STATUSES, "FAILED"),
}


@dataclass(frozen=True)
class DeliveryNews:
    """What the provider says of a message. `failure` says why, when the status is a failed one."""

    message_sid: str
    status: str
    failure: Failure | None = None


@dataclass(frozen=True)
class Delivery:
    """A message on its way. `status` is empty until the provider has it; `refused` says that it never will.
    `place_time` is when its number may send it; that and, once the record was claimed again, `attempt_time` are by the
    store's clock, the other times by that of whoever wrote them. `temporary` and `opted_out` are of the failure with
    `error_code`. `presumed`: an attempt's answer was lost, and the message was recognised in the provider's log by its
    words alone. `taken_after` is what the provider's clock showed, or less, when the first attempt began that it may
    have taken; None if that was not known."""

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
    temporary: bool = False
    opted_out: bool = False
    taken_after: datetime | None = None
    presumed: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing is to be sent any more."""
        return bool(self.message_sid) or self.refused

    @property
    def final(self) -> bool:
        """Whether no more news is to come; READ may still follow a delivery."""
        return self.refused or _RANKS.get(self.status, 0) >= _FINAL_RANK

    @property
    def unexplained(self) -> bool:
        """Whether the provider reported that it failed, and not why: that may come later."""
        return self.status in _EXPLAINED_STATUSES and not self.refused and not self.error_code

    @property
    def state(self) -> str:
        """ACCEPTED, SENT, DELIVERED, FAILED or READ, as message.proto names them."""
        return "FAILED" if self.refused else _STATES.get(self.status, "ACCEPTED")

    def failed(self, failure: Failure) -> "Delivery":
        """The record with why it failed."""
        return replace(
            self,
            error_code=failure.code,
            error_text=failure.sentence,
            temporary=failure.temporary,
            opted_out=failure.opted_out,
        )


@dataclass(frozen=True)
class Claim:
    """What came of claiming a message: the record, and whether it is the caller's to send (`mine`, until `lease_until`
    by the caller's own clock) after an earlier attempt whose outcome is not known (`again`). `claim_time` is when that
    was by the store's clock; None if the record was made just now, or is not the caller's."""

    delivery: Delivery
    mine: bool
    again: bool
    lease_until: datetime
    claim_time: datetime | None = None

    def since(self, time: datetime) -> timedelta:
        """How long before the claim one of the record's times was; negative if it was to come."""
        return (self.claim_time or time) - time


def is_known_status(status: str) -> bool:
    """Whether it is one of the words that say how far a delivery is."""
    return status in _RANKS


def refuse(delivery: Delivery, failure: Failure) -> Delivery:
    """The record once the provider has refused the message for good."""
    return replace(delivery, refused=True, status="failed").failed(failure)


def reported(delivery: Delivery, news: DeliveryNews) -> Delivery:
    """The record after a report that the provider sent on this very message: what was presumed of it is certain now,
    or was another message's, and what is known begins again with this."""
    if delivery.presumed and news.message_sid != delivery.message_sid:
        nothing = replace(delivery, message_sid="", status="", error_code=0, error_text="", segments=0)
        return advance(replace(nothing, temporary=False, opted_out=False, presumed=False), news)
    return advance(replace(delivery, presumed=False), news)


def advance(delivery: Delivery, news: DeliveryNews) -> Delivery:
    """The record after news from the provider, in whatever order it comes; what is final stays, but a failure without a
    reason gets the one that comes late."""
    known = replace(delivery, message_sid=delivery.message_sid or news.message_sid)
    if delivery.unexplained and news.failure and news.failure.code and news.status in FAILED_STATUSES:
        return known.failed(news.failure)
    if _RANKS.get(news.status, 0) <= _RANKS.get(delivery.status, -1):
        return known
    if delivery.status in FAILED_STATUSES:
        return known
    moved = replace(known, status=news.status, error_code=0, error_text="")
    return moved.failed(news.failure) if news.status in FAILED_STATUSES and news.failure else moved
