"""`keva numbers backfill`: finds texts in Twilio's log that never came."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import TIMES_PAST, parse_past_time
from client.selection import find_channel
from client.words.times import time_text
from keva.sms.v1 import sms_service_pb2

# One call works for about 15 s, plus the request to Twilio that it is in.
_SECONDS = 60.0

SinceOption = Annotated[
    datetime | None,
    typer.Option(
        parser=parse_past_time,
        metavar="TIME",
        help=f"Compare from this time on, which may be before the number was added: {TIMES_PAST}. Without it: from "
        "where the last comparison ended",
    ),
]


async def backfill(
    session: Session,
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="A number that Keva answers, or the channel's id (chn_…)")
    ],
    since: SinceOption = None,
) -> None:
    """Compare a number's texts with Twilio's log now, and store those that are missing.

    Keva does this by itself every minute. Use it for texts from before the number was added, or if you cannot wait."""
    channel = await find_channel(session, number)
    request = sms_service_pb2.BackfillMessagesRequest(
        organization_id=session.organization_id,
        account_sid=channel.account_sid,
        phone_number=channel.phone_number,
    )
    if since:
        request.since_time.FromDatetime(since)
        output.remark(f"From {time_text(since)} on.")
    total = sms_service_pb2.BackfillMessagesResponse()
    while True:
        part = await session.ask(session.services.sms.BackfillMessages, request, _SECONDS)
        total.compared += part.compared
        total.recovered += part.recovered
        total.refused += part.refused
        if not part.HasField("continue_time"):
            break
        output.remark(f"… {_until(part.continue_time)}: {_counts(total)}")
        request.since_time.CopyFrom(part.continue_time)
    if session.settings.as_json:
        return output.emit_json(total)
    return output.say(f"Compared {channel.phone_number} with Twilio's log: {_counts(total)}.")


def _until(time: Timestamp) -> str:
    return f"until {time_text(time.ToDatetime(UTC))}"


def _counts(total: sms_service_pb2.BackfillMessagesResponse) -> str:
    refused = f"; {total.refused} cannot be stored" if total.refused else ""
    return f"{total.compared} texts, {total.recovered} of them were missing and are here now{refused}"
