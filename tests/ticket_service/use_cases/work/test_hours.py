"""A workspace's hours over gRPC, and what they do to texts: told once under replicas and repeated webhooks."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import actor_pb2, message_pb2
from keva.ticket.v1 import business_hours_pb2 as hours_pb
from keva.ticket.v1 import workspace_service_pb2 as pb
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, THE_AI, WORKSPACE, Desk, error_of, fresh_address, inbound
from tests.ticket_service.responder_peer import ResponderPeer, hand_off

TEXT = "We are closed."


def closed_now() -> hours_pb.BusinessHours:
    """Hours of a workspace that opens for a minute on some other day of the week."""
    day = (datetime.now(UTC) + timedelta(days=3)).weekday()
    span = hours_pb.OpenSpan(weekday=hours_pb.Weekday.values()[day + 1], opens="12:00", closes="12:01")
    return hours_pb.BusinessHours(time_zone="UTC", spans=[span])


async def change(
    desk: Desk, workspace_id: str = WORKSPACE, paths: list[str] | None = None, **fields: Any
) -> pb.Workspace:
    request = pb.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=pb.Workspace(workspace_id=workspace_id, **fields),
        update_mask=FieldMask(paths=paths if paths is not None else list(fields)),
    )
    return (await desk.workspaces.UpdateWorkspace(request, metadata=AGENT)).workspace


async def _notices(desk: Desk, ticket_id: str) -> list[message_pb2.Message]:
    return [message for message in await desk.messages(ticket_id) if message.text == TEXT]


HOURS = hours_pb.BusinessHours(
    time_zone="Europe/Berlin",
    spans=[
        hours_pb.OpenSpan(weekday=hours_pb.WEEKDAY_MONDAY, opens="09:00", closes="12:30"),
        hours_pb.OpenSpan(weekday=hours_pb.WEEKDAY_FRIDAY, opens="22:00", closes="02:00"),
        hours_pb.OpenSpan(weekday=hours_pb.WEEKDAY_SUNDAY, opens="00:00", closes="24:00"),
    ],
    holidays=[hours_pb.Holiday(date="2026-12-25", name="Christmas"), hours_pb.Holiday(date="2026-12-26")],
)


async def test_hours_are_kept_as_they_are_given(shared_desk: Desk) -> None:
    workspace_id = await shared_desk.new_workspace()
    given: dict[str, Any] = {
        "business_hours": HOURS,
        "out_of_office_text": TEXT,
        "first_answer_target": Duration(seconds=3600),
        "next_answer_target": Duration(seconds=900),
        "max_open_tickets": 7,
    }

    changed = await change(shared_desk, workspace_id, **given)
    again = await change(shared_desk, workspace_id, **given)
    without = await change(shared_desk, workspace_id, ["business_hours"])

    assert {name: getattr(changed, name) for name in given} == given
    assert again == changed
    assert not without.HasField("business_hours")
    assert without.out_of_office_text == TEXT
    records = [r for r in await shared_desk.records(action="workspace.updated") if r.subject_id == workspace_id]
    assert [r.details["changed"] for r in records] == [", ".join(sorted(given)), "business_hours"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param(
            {"business_hours": hours_pb.BusinessHours(time_zone="Mars/Base", spans=HOURS.spans)},
            "business_hours.time_zone",
            id="no zone",
        ),
        pytest.param({"business_hours": hours_pb.BusinessHours(time_zone="UTC")}, "business_hours.spans", id="no span"),
        pytest.param(
            {"business_hours": hours_pb.BusinessHours(spans=[hours_pb.OpenSpan(opens="09:00", closes="10:00")])},
            "business_hours.spans.weekday",
            id="no day of the week",
        ),
        *(
            pytest.param(
                {"business_hours": hours_pb.BusinessHours(spans=[hours_pb.OpenSpan(weekday=1, opens=o, closes=c)])},  # type: ignore[arg-type]
                f"business_hours.spans.{name}",
                id=f"{o} to {c}",
            )
            for o, c, name in (
                ("9:00", "10:00", "opens"),
                ("24:00", "10:00", "opens"),
                ("09:00", "24:01", "closes"),
                ("09:00", "", "closes"),
                ("٠٩:٠٠", "10:00", "opens"),
            )
        ),
        *(
            pytest.param(
                {"business_hours": hours_pb.BusinessHours(holidays=[hours_pb.Holiday(date=day)])},
                "business_hours.holidays.date",
                id=f"holiday {day}",
            )
            for day in ("2026-02-30", "20261225", "")
        ),
        pytest.param({"out_of_office_text": "x" * 1601}, "out_of_office_text", id="endless text"),
        pytest.param({"first_answer_target": Duration(seconds=-1)}, "first_answer_target", id="target in the past"),
        pytest.param({"max_open_tickets": 1001}, "max_open_tickets", id="too many tickets"),
    ],
)
async def test_hours_that_are_refused(shared_desk: Desk, fields: dict[str, Any], field: str) -> None:
    error = await error_of(change(shared_desk, await shared_desk.new_workspace(), **fields))

    assert error.reason in {"FIELD_INVALID", "FIELD_REQUIRED"}
    assert error.metadata["field"] == field


async def test_told_once_under_replicas_and_repeated_webhooks(start_desk: StartDesk) -> None:
    first = await start_desk()
    await first.subscribe()
    await change(first, business_hours=closed_now(), out_of_office_text=TEXT, first_answer_target=Duration(seconds=60))
    second, address = await start_desk(), fresh_address()
    texts = [inbound(f"text {number}", customer_address=address) for number in range(4)]

    outcomes = await asyncio.gather(*(desk.texts(*texts) for desk in (first, second, first, second)))

    (ticket_id,) = {outcome.stored.ticket_id for answered in outcomes for outcome in answered}
    (notice,) = await _notices(first, ticket_id)
    assert (notice.author.kind, notice.author.id) == (actor_pb2.ACTOR_KIND_SERVICE, "out_of_office")
    assert await first.peer.sent_texts(1) == [TEXT]
    ticket = await first.ticket(ticket_id)
    assert (ticket.message_count, ticket.HasField("first_answer_due_time")) == (5, True)
    # Lists show what was asked.
    assert ticket.last_message_preview.startswith("text ")
    # Neither a new ticket of the same thread nor a reply makes it say so again.
    await first.reply(ticket_id, "an answer")
    assert not (await first.ticket(ticket_id)).HasField("first_answer_due_time")
    await first.change("CloseTicket", ticket_id)
    again = (await second.text(customer_address=address)).stored
    assert again.ticket_created
    assert not await _notices(second, again.ticket_id)


async def test_the_ai_hands_off_while_it_is_closed(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk = await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI)
    await change(desk, business_hours=closed_now(), out_of_office_text=TEXT)
    held = responder.holds()

    ticket_id = await desk.new_ticket()
    await held.answer(hand_off("NOT_KNOWN"))
    await desk.until_recorded("ai.handed_off", ticket_id)

    # In place of the notice that a person will answer.
    replies = [m for m in await desk.messages(ticket_id) if m.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND]
    assert [(m.text, m.author.id) for m in replies] == [(TEXT, "out_of_office")]
    customer_id = (await desk.ticket(ticket_id)).customer_id
    await desk.text("hello?", customer_address=(await desk.customer(customer_id)).address)
    assert len(await _notices(desk, ticket_id)) == 1


@pytest.mark.parametrize(
    ("since_sent", "told"),
    [
        pytest.param(timedelta(days=10), False, id="before it closed"),
        pytest.param(timedelta(minutes=5), True, id="since"),
    ],
)
async def test_the_ai_hands_off_a_text_that_was_found_later(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer, since_sent: timedelta, told: bool
) -> None:
    desk = await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI)
    await change(desk, business_hours=closed_now(), out_of_office_text=TEXT)
    held, sent_time = responder.holds(), Timestamp()
    sent_time.FromDatetime(datetime.now(UTC) - since_sent)

    ticket_id = await desk.new_ticket(sent_time=sent_time, recovered=True)
    await held.answer(hand_off("NOT_KNOWN"))
    await desk.until_recorded("ai.handed_off", ticket_id)

    replies = [m for m in await desk.messages(ticket_id) if m.direction == message_pb2.MESSAGE_DIRECTION_OUTBOUND]
    assert [m.text == TEXT for m in replies] == [told]
