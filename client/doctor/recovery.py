"""Whether missed texts are found again: how the numbers stand with Twilio's log."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from client.doctor.advisor import Advisor
from client.doctor.finding import Condition, Finding, some
from client.failure import Failure, FailureKind
from client.lists import list_number_comparisons
from client.session import Session
from client.words.language import say
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import channel_service_pb2

# How long a text that could not be taken in is worth a line.
_WORTH_KNOWING = timedelta(days=7)


async def recovery(
    session: Session, channels: Sequence[channel_service_pb2.Channel], advisor: Advisor
) -> list[Finding]:
    """What is wrong with the recovery of the channels' texts."""
    if not channels:
        return []
    try:
        read = await list_number_comparisons(session)
    except Failure as failure:
        if failure.kind in (FailureKind.UNREACHABLE, FailureKind.UNKNOWN_RPC):
            # Another finding says that it does not answer; one of an older release cannot.
            return []
        words = say("it is not known whether missed texts are recovered: %(why)s", why=advisor.say(failure))
        return [Finding(say("recovery of texts"), Condition.NOTE, words)]
    known = {(one.account_sid, one.phone_number): one for one in read.comparisons}
    standing = [(channel, known.get((channel.account_sid, channel.phone_number))) for channel in channels]
    # Not by the clock of whoever looks: that of a laptop makes no number late, and hides none.
    late = _behind(standing, read.read_time - read.patience, advisor.not_compared())
    return [
        *late,
        *_clocks(standing, advisor.set_clock()),
        *_not_taken_in(standing, read.read_time - _WORTH_KNOWING, advisor.not_taken_in()),
    ]


_Standing = Sequence[tuple[channel_service_pb2.Channel, sms_service_pb2.NumberComparison | None]]


def _behind(standing: _Standing, before: datetime, advice: str) -> list[Finding]:
    """Numbers that were subscribed before that time, and not compared since."""
    late = [
        (channel.phone_number, comparison.trouble if comparison else "")
        for channel, comparison in standing
        if (comparison is None or comparison.behind) and channel.create_time.ToDatetime(UTC) < before
    ]
    if not late:
        return []
    numbers = [f"{number} ({trouble})" if trouble else number for number, trouble in late]
    words = say(
        "those to %(numbers)s would stay missed: not compared with Twilio's log for minutes", numbers=some(numbers)
    )
    facts = {"phone_numbers": [number for number, _ in late]}
    return [Finding(say("missed texts"), Condition.WRONG, words, advice, facts)]


def _clocks(standing: _Standing, advice: str) -> list[Finding]:
    """Numbers that were last compared by a machine whose clock is wrong."""
    apart = [comparison.clock_ahead.ToTimedelta() for _, comparison in standing if comparison]
    furthest = max(apart, key=abs, default=timedelta(0))
    minutes = round(abs(furthest) / timedelta(minutes=1))
    if not minutes:
        return []
    if furthest > timedelta(0):
        words = say("that of a machine that runs sms_service is %(minutes)s minutes ahead of Twilio's", minutes=minutes)
    else:
        words = say("that of a machine that runs sms_service is %(minutes)s minutes behind Twilio's", minutes=minutes)
    facts = {"ahead_seconds": furthest.total_seconds()}
    return [Finding(say("clocks"), Condition.WRONG, words, advice, facts)]


def _not_taken_in(standing: _Standing, since: datetime, advice: str) -> list[Finding]:
    lost = [
        comparison
        for _, comparison in standing
        if comparison and comparison.not_taken_in and comparison.not_taken_in_time.ToDatetime(UTC) > since
    ]
    if not lost:
        return []
    sids = [sid for comparison in lost for sid in comparison.not_taken_in_sids]
    words = say(
        "%(count)s in Twilio's log cannot be stored, lately %(sids)s",
        count=sum(one.not_taken_in for one in lost),
        sids=some(sids[::-1]),
    )
    return [Finding(say("texts not taken in"), Condition.NOTE, words, advice, {"twilio_message_sids": sids})]
