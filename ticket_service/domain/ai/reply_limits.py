"""How often the AI may text: from a channel on a day, and to a customer within an hour, so that neither a loop nor a
flood runs on unseen."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from ticket_service.domain.ai.kept_suggestions import SuggestedReply
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.ai_turn import Draft, Drafted, HandOff, NoReply
from ticket_service.domain.hand_off import HandOffReason

_HOUR = timedelta(hours=1)
# A responder that gives these has no answer, and none could be sent.
_NO_ANSWER = frozenset({HandOffReason.NOT_KNOWN, HandOffReason.MODEL_FAILED, HandOffReason.DRAFT_REFUSED})


class ReplyLimit(Enum):
    """Which limit is reached; the value is for the staff."""

    CHANNEL = "as many as a number may send a day"
    CUSTOMER = "as many as a customer may get within an hour"


@dataclass(frozen=True)
class ChannelReplies:
    """How many the AI has sent from a channel on `day` of its workspace's calendar. `reached`: it is recorded that they
    were as many as it may send. `version` counts the changes."""

    day: str = ""
    count: int = 0
    reached: bool = False
    version: int = 0

    def on(self, day: str) -> "ChannelReplies":
        """The same on that day, of which nothing may be counted yet."""
        return self if self.day == day else ChannelReplies(day, version=self.version)


@dataclass(frozen=True)
class CustomerReplies:
    """When a customer got the AI's latest, oldest first. `version` counts the changes."""

    times: tuple[datetime, ...] = ()
    version: int = 0

    def within_an_hour(self, now: datetime) -> tuple[datetime, ...]:
        """Those that count."""
        return tuple(time for time in self.times if time > now - _HOUR)


@dataclass(frozen=True)
class ReplyCounts:
    """What has been sent so far from a channel, and to a customer."""

    channel: ChannelReplies = field(default_factory=ChannelReplies)
    customer: CustomerReplies = field(default_factory=CustomerReplies)

    def limit(self, profile: AiProfile, day: str, now: datetime) -> ReplyLimit | None:
        """Why there can be no more now; None when there can."""
        if self.channel.on(day).count >= profile.max_replies_per_channel_per_day:
            return ReplyLimit.CHANNEL
        of_customer = len(self.customer.within_an_hour(now))
        return ReplyLimit.CUSTOMER if of_customer >= profile.max_replies_per_customer_per_hour else None

    def one_more(self, day: str, now: datetime) -> "ReplyCounts":
        """With one that is sent now."""
        channel, customer = self.channel.on(day), self.customer
        return ReplyCounts(
            replace(channel, count=channel.count + 1, version=channel.version + 1),
            CustomerReplies((*customer.within_an_hour(now), now), customer.version + 1),
        )

    def reached(self, day: str) -> "ReplyCounts":
        """With a note that the channel has reached its limit on that day."""
        channel = self.channel.on(day)
        return replace(self, channel=replace(channel, reached=True, version=channel.version + 1))


def day_of(now: datetime, time_zone: str) -> str:
    """The day that it is by that clock (an IANA name, empty: UTC)."""
    return now.astimezone(ZoneInfo(time_zone or "UTC")).date().isoformat()


def without_draft(drafted: Drafted, limit: HandOff) -> Drafted:
    """What remains when the AI can send no more, which is the reason for a person unless the responder saw another one.
    A draft that came all the same is the first thing that they could answer with."""
    result = drafted.result
    if isinstance(result, Draft):
        kept = SuggestedReply(result.text, result.articles, is_draft=True)
        return replace(drafted, result=limit, suggestions=(kept, *drafted.suggestions))
    if isinstance(result, NoReply) or result.reason not in _NO_ANSWER:
        return drafted
    return replace(drafted, result=limit)
