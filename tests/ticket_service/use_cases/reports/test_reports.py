"""Reports over gRPC: figures by day, channel and agent, tickets page by page, and what is refused."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import actor_pb2, business_hours_pb2, workspace_service_pb2
from keva.ticket.v1 import report_service_pb2 as pb
from servicekit.errors import InvalidArgument, NotFound
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, WORKSPACE, Desk, error_of, fresh_address, state_of

DANA = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id="dana")


def _days(**fields: Any) -> dict[str, Any]:
    """From yesterday to tomorrow: no test minds midnight."""
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=1), today + timedelta(days=1)
    return {"workspace_id": WORKSPACE, "from_date": first.isoformat(), "to_date": last.isoformat(), **fields}


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """A replica that counts what happens, all the time."""
    desk = await start_desk(audit_anchor_seconds=0.05, report_poll_seconds=0.05)
    await desk.subscribe()
    return desk


async def _report(desk: Desk, grouping: str = "DAY", **fields: Any) -> pb.GetReportResponse:
    request = pb.GetReportRequest(**_days(grouping=f"REPORT_GROUPING_{grouping}", **fields))
    return await desk.reports.GetReport(request)


async def _counted(desk: Desk, **figures: int) -> pb.GetReportResponse:
    """The report, once these figures are in it."""
    async with asyncio.timeout(90):
        while True:
            report = await _report(desk)
            all_there = all(getattr(report.total, name) == number for name, number in figures.items())
            if all_there and not report.counting_older:
                return report
            await asyncio.sleep(0.02)


async def test_what_happens_is_in_the_report_soon(desk: Desk) -> None:
    ticket_id = await desk.new_ticket()
    await desk.reply(ticket_id)
    await desk.change("ResolveTicket", ticket_id)

    report = await _counted(desk, tickets_resolved=1)

    assert (report.total.texts_in, report.total.texts_out, report.total.tickets_created) == (1, 1, 1)
    assert (report.total.first_answer.count, report.total.resolution.count) == (1, 1)
    assert report.total.first_answer.median.seconds <= 90
    assert report.time_zone == "UTC"
    assert report.counted_time.seconds > 0
    assert [row.date for row in report.rows] == [datetime.now(UTC).date().isoformat()] or len(report.rows) == 2

    channel_id = (await desk.ticket(ticket_id)).channel_id
    (by_channel,) = (await _report(desk, "CHANNEL")).rows
    assert (by_channel.channel_id, by_channel.figures) == (channel_id, report.total)
    by_agent = await _report(desk, "AGENT")
    assert [row.agent for row in by_agent.rows] == [DANA]
    assert (by_agent.rows[0].figures.texts_out, by_agent.rows[0].figures.texts_in) == (1, 0)
    assert by_agent.total == report.total
    assert (await _report(desk, "UNSPECIFIED")).rows == []


async def test_tickets_are_listed_page_by_page_with_how_they_are_now(desk: Desk) -> None:
    ticket_ids = [await desk.new_ticket() for _ in range(3)]
    await desk.reply(ticket_ids[1])
    await _counted(desk, tickets_created=3, texts_out=1)

    first = await desk.reports.ListTicketReportRows(pb.ListTicketReportRowsRequest(**_days(page_size=2)))
    again = _days(page_size=2, page_token=first.next_page_token)
    second = await desk.reports.ListTicketReportRows(pb.ListTicketReportRowsRequest(**again))

    rows = [*first.rows, *second.rows]
    assert [row.ticket_id for row in rows] == ticket_ids
    assert second.next_page_token == ""
    tickets = [await desk.ticket(ticket_id) for ticket_id in ticket_ids]
    assert [(row.number, row.create_time, row.assignee) for row in rows] == [
        (ticket.number, ticket.create_time, ticket.assignee) for ticket in tickets
    ]
    assert [state_of(row) for row in rows] == ["OPEN", "PENDING", "OPEN"]  # type: ignore[arg-type]
    assert [row.first_answer_by for row in rows] == [actor_pb2.Actor(), DANA, actor_pb2.Actor()]
    assert rows[1].HasField("first_answer")


async def test_a_workspaces_days_are_those_of_its_business_hours(desk: Desk) -> None:
    week = business_hours_pb2.Weekday.values()[1:]
    always = [business_hours_pb2.OpenSpan(weekday=day, opens="00:00", closes="00:00") for day in week]
    hours = business_hours_pb2.BusinessHours(time_zone="Pacific/Kiritimati", spans=always)
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=workspace_service_pb2.Workspace(workspace_id=WORKSPACE, business_hours=hours),
        update_mask=FieldMask(paths=["business_hours"]),
    )
    await desk.workspaces.UpdateWorkspace(request, metadata=AGENT)
    await desk.text(customer_address=fresh_address())

    report = await _counted(desk, texts_in=1)

    # Fourteen hours before UTC.
    there = (datetime.now(UTC) + timedelta(hours=14)).date()
    assert report.time_zone == "Pacific/Kiritimati"
    assert there - date.fromisoformat(report.rows[0].date) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"from_date": "yesterday"}, "from_date", id="no date"),
        pytest.param({"to_date": "20260131"}, "to_date", id="another form"),
        pytest.param({"to_date": "2026-02-30"}, "to_date", id="a day that there is not"),
        pytest.param({"from_date": "0001-01-01"}, "from_date", id="long ago"),
        pytest.param({"from_date": "2026-01-02", "to_date": "2026-01-01"}, "to_date", id="backwards"),
        pytest.param({"from_date": "2024-01-01", "to_date": "2026-01-01"}, "to_date", id="too many days"),
        pytest.param({"from_date": ""}, "from_date", id="missing"),
        pytest.param({"grouping": 77}, "grouping", id="an unknown grouping"),
    ],
)
async def test_what_cannot_be_reported_is_refused(shared_desk: Desk, fields: dict[str, Any], field: str) -> None:
    error = await error_of(shared_desk.reports.GetReport(pb.GetReportRequest(**{**_days(), **fields})))

    assert isinstance(error, InvalidArgument)
    assert error.metadata["field"] == field


async def test_no_workspace_has_no_report(shared_desk: Desk) -> None:
    error = await error_of(shared_desk.reports.GetReport(pb.GetReportRequest(**_days(workspace_id="wsp_none"))))

    assert (type(error), error.reason) == (NotFound, "WORKSPACE_NOT_FOUND")


async def test_a_page_token_of_other_days_is_refused(shared_desk: Desk) -> None:
    request = pb.ListTicketReportRowsRequest(**_days(page_token="bm8"))

    assert (await error_of(shared_desk.reports.ListTicketReportRows(request))).reason == "PAGE_TOKEN_INVALID"
