"""Tickets that are put aside, over gRPC: until a time, or until the customer's next text."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from tests.ticket_service.desk import AGENT, Desk, error_of, fresh_address


def _time(when: datetime) -> Timestamp:
    value = Timestamp()
    value.FromDatetime(when)
    return value


def _tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


async def test_snoozed_until_a_time_and_woken_by_hand(shared_desk: Desk) -> None:
    ticket_id, tomorrow = await shared_desk.new_ticket(), _tomorrow()

    first = await shared_desk.change("SnoozeTicket", ticket_id, snooze_until=tomorrow)
    again = await shared_desk.change("SnoozeTicket", ticket_id, snooze_until=tomorrow)
    assert first.snoozed
    assert first == again == await shared_desk.ticket(ticket_id, AGENT)
    assert first.snooze_until.ToDatetime(UTC) == tomorrow.replace(microsecond=tomorrow.microsecond // 1000 * 1000)
    for _ in range(2):
        awake = await shared_desk.change("UnsnoozeTicket", ticket_id)
        assert not awake.snoozed
        assert not awake.HasField("snooze_until")

    recorded = await shared_desk.records(ticket_id=ticket_id)
    assert [(r.action, r.actor.id) for r in recorded[-2:]] == [("ticket.snoozed", "dana"), ("ticket.unsnoozed", "dana")]


async def test_snoozed_until_the_next_text(shared_desk: Desk) -> None:
    address = fresh_address()
    ticket_id = await shared_desk.new_ticket("PENDING", customer_address=address)

    snoozed = await shared_desk.change("SnoozeTicket", ticket_id)
    assert snoozed.snoozed
    assert not snoozed.HasField("snooze_until")
    await shared_desk.text("STOP", customer_address=address)
    assert (await shared_desk.ticket(ticket_id)).snoozed
    await shared_desk.text("it is still broken", customer_address=address)

    assert not (await shared_desk.ticket(ticket_id)).snoozed
    (woken,) = await shared_desk.records(ticket_id=ticket_id, action="ticket.unsnoozed")
    assert dict(woken.details) == {"why": "text"}


@pytest.mark.parametrize("state", ["RESOLVED", "PENDING"])
async def test_whoever_reopens_it_wakes_it(shared_desk: Desk, state: str) -> None:
    ticket_id = await shared_desk.new_ticket(state)
    await shared_desk.change("SnoozeTicket", ticket_id)

    reopened = await shared_desk.change("ReopenTicket", ticket_id)

    assert not reopened.snoozed
    (woken,) = await shared_desk.records(ticket_id=ticket_id, action="ticket.unsnoozed")
    assert dict(woken.details) == {"why": "by_hand"}


@pytest.mark.parametrize(
    "until",
    [
        pytest.param(_time(datetime(2020, 1, 1, tzinfo=UTC)), id="over"),
        pytest.param(_time(datetime(2399, 1, 1, tzinfo=UTC)), id="in centuries"),
        pytest.param(Timestamp(seconds=2**62), id="no time at all"),
    ],
)
async def test_time_that_is_none(shared_desk: Desk, until: Timestamp) -> None:
    ticket_id = await shared_desk.new_ticket()

    error = await error_of(shared_desk.change("SnoozeTicket", ticket_id, snooze_until=until))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "snooze_until")


@pytest.mark.parametrize("rpc", ["SnoozeTicket", "UnsnoozeTicket"])
@pytest.mark.parametrize(
    ("named", "reason"),
    [
        pytest.param({"ticket_id": ""}, "FIELD_REQUIRED", id="no ticket"),
        pytest.param({"workspace_id": ""}, "FIELD_REQUIRED", id="no workspace"),
        pytest.param({"ticket_id": "tkt_unknown"}, "TICKET_NOT_FOUND", id="unknown ticket"),
        pytest.param({}, "TICKET_CLOSED", id="closed ticket"),
    ],
)
async def test_refused(shared_desk: Desk, rpc: str, named: dict[str, Any], reason: str) -> None:
    names = {"ticket_id": await shared_desk.new_ticket("CLOSED"), **named}

    assert (await error_of(shared_desk.call(rpc, **names))).reason == reason


async def test_ticket_of_another_workspace_is_not_found(shared_desk: Desk) -> None:
    ticket_id, elsewhere = await shared_desk.new_ticket(), await shared_desk.new_workspace()

    for rpc in ("SnoozeTicket", "UnsnoozeTicket"):
        error = await error_of(shared_desk.call(rpc, ticket_id, workspace_id=elsewhere))
        assert error.reason == "TICKET_NOT_FOUND"
