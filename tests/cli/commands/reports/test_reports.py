"""`keva reports`: figures as a table, tickets as a table or for a spreadsheet."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import (
    actor_pb2,
    agent_service_pb2,
    channel_service_pb2,
    hand_off_pb2,
    routing_pb2,
    ticket_service_pb2,
)
from keva.ticket.v1 import report_service_pb2 as pb
from servicekit.errors import InvalidArgument

NOON = Timestamp()
NOON.FromDatetime(datetime(2026, 1, 31, 12, tzinfo=UTC))
FIGURES = pb.ReportFigures(
    texts_in=40,
    texts_out=38,
    tickets_created=12,
    tickets_resolved=9,
    ai_answers=7,
    hand_offs=[pb.HandOffCount(reason=hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN, count=3)],
    failures=[pb.FailureCount(error_code=30003, count=2), pb.FailureCount(count=1)],
    opt_outs=1,
    first_answer=pb.WaitingTimes(count=9, median=Duration(seconds=250), p90=Duration(seconds=4800)),
)
DANA = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana")
ROW = pb.TicketReportRow(
    ticket_id="tkt_12",
    number=12,
    channel_id="chn_1",
    state=ticket_service_pb2.TICKET_STATE_RESOLVED,
    priority=routing_pb2.PRIORITY_HIGH,
    assignee=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="dana"),
    create_time=NOON,
    first_answer_time=NOON,
    first_answer=Duration(seconds=61),
    first_answer_by=DANA,
    texts_in=2,
    texts_out=1,
)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One channel, its figures and a ticket."""
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111")
    row = pb.ReportRow(channel_id="chn_1", figures=FIGURES)
    keva.ticket_service.answers.update(
        ListChannels=channel_service_pb2.ListChannelsResponse(channels=[channel]),
        GetReport=pb.GetReportResponse(rows=[row, row], total=FIGURES, time_zone="UTC", counted_time=NOON),
        ListTicketReportRows=lambda request: pb.ListTicketReportRowsResponse(
            rows=[ROW], next_page_token="" if request.page_token else "more", time_zone="UTC"
        ),
    )


async def test_figures_are_shown_by_number(keva: Any) -> None:
    result = await keva("reports", "show", "--from", "2026-01-01", "--to", "2026-01-31", "--by", "channel")

    assert result.status == 0, result.error
    _, first, _, total, hand_offs, failures = result.output.splitlines()
    assert " ".join(first.split()) == "+15550001111 40 38 12 9 4 m / 1 h 20 m 7 3 3 1"
    assert total.startswith("All ")
    assert (hand_offs, failures) == (
        "Handed off: not known: 3.",
        "Failed, by Twilio's error code: 30003: 2, no code: 1.",
    )
    assert "Days of UTC; counted up to 2026-01-31 12:00Z." in result.error
    request = keva.ticket_service.requests[0]
    assert (request.from_date, request.to_date) == ("2026-01-01", "2026-01-31")
    assert request.grouping == pb.REPORT_GROUPING_CHANNEL


async def test_agents_are_called_by_their_names(keva: Any) -> None:
    gone = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="anna")
    ai = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AI, id="responder")
    rows = [pb.ReportRow(agent=actor, figures=FIGURES) for actor in (DANA, gone, ai)]
    agent = agent_service_pb2.Agent(agent_id="dana", display_name="Dana Lee")
    keva.ticket_service.answers.update(
        GetReport=pb.GetReportResponse(rows=rows, time_zone="UTC"),
        ListAgents=agent_service_pb2.ListAgentsResponse(agents=[agent]),
    )

    result = await keva("reports", "show", "--by", "agent")

    lines = result.output.splitlines()[1:4]
    assert lines[0].startswith("Dana Lee ")
    assert lines[1].startswith("agent:anna ")
    assert lines[2].startswith("ai:responder ")


async def test_by_default_the_last_days_are_shown_day_by_day(keva: Any) -> None:
    keva.ticket_service.answers["GetReport"] = pb.GetReportResponse(time_zone="Europe/Berlin", counting_older=True)

    result = await keva("reports", "show")

    request = keva.ticket_service.last()
    assert request.grouping == pb.REPORT_GROUPING_DAY
    assert request.from_date < request.to_date
    assert "Nothing happened." in result.error
    assert "Days of Europe/Berlin; counted up to nothing yet." in result.error
    assert "still being counted" in result.error


async def test_as_json_it_is_the_whole_answer(keva: Any) -> None:
    answer = json.loads((await keva("reports", "show", "--json")).output)

    assert answer["total"]["texts_in"] == 40
    assert answer["rows"][0]["channel_id"] == "chn_1"
    assert answer["total"]["first_answer"]["median"] == "250s"


async def test_tickets_of_all_pages_are_listed(keva: Any) -> None:
    result = await keva("reports", "tickets", "--from", "7d")

    assert result.status == 0, result.error
    assert result.output.count("agent:dana") == 2
    assert "1 m" in result.output
    assert [row["number"] for row in json.loads((await keva("reports", "tickets", "--json")).output)] == [12, 12]


async def test_csv_has_a_line_per_ticket_and_nothing_that_is_a_formula(keva: Any) -> None:
    harmful = pb.TicketReportRow()
    harmful.CopyFrom(ROW)
    harmful.assignee.agent_id, harmful.channel_id = "x", '=HYPERLINK("http://evil.example","x")'
    keva.ticket_service.answers["ListTicketReportRows"] = pb.ListTicketReportRowsResponse(rows=[ROW, harmful])

    result = await keva("reports", "tickets", "--csv")

    first, second = csv.DictReader(io.StringIO(result.output))
    assert first["ticket"] == "12"
    assert (first["number_texted"], first["first_answer_seconds"], first["resolved"]) == ("+15550001111", "61", "")
    assert (first["created"], first["first_answer_by"]) == ("2026-01-31 12:00:00", "agent:dana")
    assert second["number_texted"] == '\'=HYPERLINK("http://evil.example","x")'


async def test_csv_can_go_to_a_file(keva: Any) -> None:
    assert (await keva("reports", "tickets", "--csv", "-o", "tickets.csv")).status == 0
    assert len((keva.folder / "tickets.csv").read_text().splitlines()) == 3

    refused = await keva("reports", "tickets", "-o", "tickets.csv")
    assert refused.status == 2
    assert "--output is for --csv." in refused.error


@pytest.mark.parametrize("date", ["yesterday", "31.1.2026", "7h"])
async def test_a_date_that_is_none_is_refused(keva: Any, date: str) -> None:
    result = await keva("reports", "show", "--from", date)

    assert result.status == 2
    assert "2026-01-31" in result.error


async def test_what_the_service_refuses_is_said(keva: Any) -> None:
    keva.ticket_service.answers["GetReport"] = InvalidArgument("FIELD_INVALID", "to_date is before", field="to_date")

    assert (await keva("reports", "show", "--from", "2026-01-31", "--to", "2026-01-01")).status == 2


@pytest.mark.parametrize("report", ["show", "tickets"])
async def test_days_that_end_before_they_begin_are_refused(keva: Any, report: str) -> None:
    result = await keva("reports", report, "--from", "2026-01-31", "--to", "2026-01-01")

    assert result.status == 2
    assert "--to is before --from: 2026-01-01 is before 2026-01-31." in result.error
    assert not keva.ticket_service.requests
