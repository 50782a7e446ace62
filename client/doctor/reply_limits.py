"""Whether the AI has sent as many replies from a number as it may on a day."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from client.doctor.advisor import Advisor
from client.doctor.finding import Condition, Finding
from client.failure import Failure
from client.session import Session
from client.words.language import say
from client.words.times import time_text
from keva.ticket.v1 import audit_service_pb2, channel_service_pb2

_ACTION = "ai.reply_limit_reached"
# It is recorded once a day of each number.
_WORTH_KNOWING = timedelta(days=1)


async def reply_limits(
    session: Session, channels: Sequence[channel_service_pb2.Channel], advisor: Advisor
) -> list[Finding]:
    """One finding for each of the channels on which that happened within a day."""
    if not channels:
        return []
    wanted = audit_service_pb2.ListAuditRecordsRequest(organization_id=session.organization_id, action=_ACTION)
    try:
        records = (await session.ask(session.services.audit.ListAuditRecords, wanted)).audit_records
    except Failure:
        # Another finding says that it does not answer.
        return []
    since, by_id = datetime.now(UTC) - _WORTH_KNOWING, {channel.channel_id: channel for channel in channels}
    lately = [record for record in records if record.record_time.ToDatetime(UTC) > since]
    # Of two within a day the earlier one is of a day that is over.
    newest = {record.subject_id: record for record in reversed(lately) if record.subject_id in by_id}
    return [_finding(by_id[channel_id], record, advisor) for channel_id, record in newest.items()]


def _finding(channel: channel_service_pb2.Channel, record: audit_service_pb2.AuditRecord, advisor: Advisor) -> Finding:
    words = say(
        "had sent %(replies)s replies on %(time)s, as many as it may that day: its tickets go to people until the next "
        "one",
        replies=record.details.get("replies", ""),
        time=time_text(record.record_time.ToDatetime(UTC)),
    )
    facts = {"channel_id": channel.channel_id, "phone_number": channel.phone_number}
    subject = say("AI on %(number)s", number=channel.phone_number)
    return Finding(subject, Condition.NOTE, words, advisor.raise_reply_limit(channel.workspace_id), facts)
