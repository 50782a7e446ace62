"""`keva numbers backfill`."""

import json
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2

SID = "AC" + "0123456789abcdef" * 2


def _backfill_answers(keva: Any, *parts: tuple[int, int, int | None]) -> None:
    """A channel, and what each call finds: compared, recovered, where to go on."""
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111", account_sid=SID)
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[channel])
    left = list(parts)

    def answer(_: pb.BackfillMessagesRequest) -> pb.BackfillMessagesResponse:
        compared, recovered, seconds = left.pop(0)
        found = pb.BackfillMessagesResponse(compared=compared, recovered=recovered)
        if seconds:
            found.continue_time.FromSeconds(seconds)
        return found

    keva.sms_service.answers["BackfillMessages"] = answer


async def test_backfill_goes_on_to_the_end_of_the_log_and_shows_how_far_it_is(keva: Any) -> None:
    _backfill_answers(keva, (700, 2, 1_790_000_000), (5, 1, None))

    result = await keva("numbers", "backfill", "(555) 000-1111", "--since", "2026-01-31T18:00Z")

    assert result.status == 0
    first, second = [r for r in keva.sms_service.requests if isinstance(r, pb.BackfillMessagesRequest)]
    assert first.since_time.ToJsonString() == "2026-01-31T18:00:00Z"
    assert second.since_time.seconds == 1_790_000_000
    assert (second.phone_number, second.account_sid) == ("+15550001111", SID)
    assert "From 2026-01-31" in result.error
    assert "700 texts, 2 of them" in result.error
    assert "705 texts, 3 of them were missing and are here now." in result.output


async def test_backfill_begins_where_the_last_comparison_ended_unless_told(keva: Any) -> None:
    _backfill_answers(keva, (0, 0, None))

    result = await keva("numbers", "backfill", "+15550001111", "--json")

    assert json.loads(result.output) == {"compared": 0, "recovered": 0, "refused": 0}
    assert not keva.sms_service.last().HasField("since_time")


@pytest.mark.parametrize("since", ["yesterday", "2999-01-01", "-3h"])
async def test_backfill_refuses_a_time_that_is_none(keva: Any, since: str) -> None:
    _backfill_answers(keva)

    result = await keva("numbers", "backfill", "+15550001111", f"--since={since}")

    assert result.status == 2
