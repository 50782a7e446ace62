"""What a comparison of one of our numbers with Twilio's log works on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sms_service.domain.message import ReceivedMessage
from sms_service.domain.number_key import key_of

# Twilio gives a webhook up after 15 s, and the fallback URL as much: whatever was stored later than that after it was
# sent says nothing of the order in which texts were sent.
_STORED_WITHIN = timedelta(seconds=60)
_BEHIND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class SubscribedNumber:
    """A number whose texts become tickets. Texts from before `subscribe_time` are none of ours."""

    organization_id: str
    account_sid: str
    phone_number: str
    subscribe_time: datetime

    @property
    def key(self) -> str:
        """Its name among all accounts' numbers."""
        return key_of(self.account_sid, self.phone_number)


@dataclass(frozen=True)
class Lease:
    """A number that is one replica's to compare. `watermark`: all that Twilio's log had until then was compared; None
    before the first time. `refused_sids`: what was found before, and cannot be taken in. `begin`: what stands for a
    `subscribe_time` that was still to come when the number was first compared; None: nothing does."""

    key: str
    lease_id: str
    watermark: datetime | None
    refused_sids: frozenset[str] = frozenset()
    begin: datetime | None = None


@dataclass(frozen=True)
class MissingText:
    """A text of Twilio's log that we do not have. `message_time` is where it stands in its conversation; `media` are
    (URL, media type)."""

    message: ReceivedMessage
    message_time: datetime
    media: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What came of comparing. `waiting`: texts that are left for later. `continue_time` is where to go on, None at the
    end of the log."""

    compared: int = 0
    recovered: int = 0
    refused: int = 0
    waiting: int = 0
    continue_time: datetime | None = None

    def plus(self, other: "Comparison") -> "Comparison":
        """Both together; the other one is the later one."""
        return Comparison(
            self.compared + other.compared,
            self.recovered + other.recovered,
            self.refused + other.refused,
            self.waiting + other.waiting,
            other.continue_time,
        )


@dataclass(frozen=True)
class NumberStatus:
    """How a subscribed number stands with the provider's log. `compared_time`: when it was last compared to the end of
    the log, None when it never was; `known_time`: since when the subscription of `since` is known, None: forever. Both
    by the store's clock, and `since` by who has subscribed the number. `trouble`: the reason why the last comparison
    did not come to its end, or empty. `refused`: how many texts could not be taken in; `refused_sids` are the last of
    them, `refused_time` is when the last one was found. `clock_ahead`: how far the clock of who compared it last is
    ahead of the provider's; negative: behind."""

    organization_id: str
    account_sid: str
    phone_number: str
    since: datetime
    compared_time: datetime | None = None
    trouble: str = ""
    refused: int = 0
    refused_sids: tuple[str, ...] = ()
    refused_time: datetime | None = None
    clock_ahead: timedelta = timedelta(0)
    known_time: datetime | None = None

    @property
    def key(self) -> str:
        """Its name among all accounts' numbers."""
        return key_of(self.account_sid, self.phone_number)

    def is_behind(self, now: datetime, patience: timedelta) -> bool:
        """Whether it has not been compared for `patience`. `now` is by the store's clock: a time that is still to come
        by that one, and by more than it may have been set since, says nothing."""
        times = (time for time in (self.compared_time, self.known_time) if time is not None)
        return all(abs(now - time) > patience for time in times)


def missing_texts(received: Sequence[ReceivedMessage], stored_times: Mapping[str, datetime]) -> list[MissingText]:
    """Those of `received` (in the order in which they were sent) that are not stored, in that order.

    Twilio's log counts in seconds, and what came by webhook stands at the moment when it was stored. So a missing text
    stands right behind the one before it of the same customer where Twilio's second alone would put it ahead.
    """
    missing: list[MissingText] = []
    latest: dict[str, datetime] = {}
    for message in received:
        before = latest.get(message.from_address)
        stands = stored_times.get(message.sid)
        if stands is None:
            stands = message.sent_time if before is None else max(message.sent_time, before + _BEHIND)
            missing.append(MissingText(message, stands))
        elif stands > message.sent_time + _STORED_WITHIN:
            continue
        latest[message.from_address] = stands if before is None else max(before, stands)
    return missing
