"""Changes of many tickets at once: one outcome each, and one bad ticket stops none of the others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keva.ticket.v1 import error_reason_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit.rpc.proto_values import timestamp
from tests.ticket_service.desk import AGENT, NOBODY, WORKSPACE, Desk, agent, error_of, state_of

Batch = pb.BatchUpdateTicketsRequest


async def _batch(desk: Desk, ticket_ids: list[str], **change: Any) -> list[pb.TicketOutcome]:
    request = Batch(workspace_id=change.pop("workspace_id", WORKSPACE), ticket_ids=ticket_ids, **change)
    return list((await desk.tickets.BatchUpdateTickets(request, metadata=AGENT)).outcomes)


def _results(outcomes: list[pb.TicketOutcome]) -> list[str]:
    """`ok`, or the reason."""
    reasons = error_reason_pb2.ErrorReason
    return [
        "ok" if o.WhichOneof("result") == "ticket" else reasons.Name(o.failure.reason).removeprefix("ERROR_REASON_")
        for o in outcomes
    ]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param({"assign": agent("dana")}, lambda t: t.assignee == agent("dana"), id="assign"),
        pytest.param({"tag": Batch.TagChange(add=["vip"])}, lambda t: t.tags == ["vip"], id="tag"),
        pytest.param({"snooze": Batch.Snooze()}, lambda t: t.snoozed, id="snooze"),
        pytest.param({"unsnooze": Batch.Unsnooze()}, lambda t: not t.snoozed, id="unsnooze"),
        pytest.param({"resolve": Batch.Resolve()}, lambda t: state_of(t) == "RESOLVED", id="resolve"),
        pytest.param(
            {"priority": routing_pb2.PRIORITY_LOW}, lambda t: t.priority == routing_pb2.PRIORITY_LOW, id="priority"
        ),
    ],
)
async def test_change_with_one_that_cannot_be_changed(shared_desk: Desk, change: dict[str, Any], shown: Any) -> None:
    good, closed = [await shared_desk.new_ticket() for _ in range(2)], await shared_desk.new_ticket("CLOSED")
    named = [good[0], closed, "tkt_unknown", good[1], good[0]]

    outcomes = await _batch(shared_desk, named, **change)
    actions = [await shared_desk.actions(ticket_id) for ticket_id in good]
    again = await _batch(shared_desk, named, **change)

    assert [outcome.ticket_id for outcome in outcomes] == named
    expected = ["ok", "TICKET_CLOSED", "TICKET_NOT_FOUND", "ok", "ok"]
    assert _results(outcomes) == _results(again) == expected
    assert all(shown(outcome.ticket) for outcome in outcomes if outcome.WhichOneof("result") == "ticket")
    assert dict(outcomes[1].failure.metadata) == {"ticket_id": closed}
    assert closed in outcomes[1].failure.message
    assert [await shared_desk.actions(ticket_id) for ticket_id in good] == actions


async def test_close_many(shared_desk: Desk) -> None:
    tickets = [await shared_desk.new_ticket(state) for state in ("OPEN", "RESOLVED", "CLOSED")]

    outcomes = await _batch(shared_desk, tickets, close=Batch.Close())

    assert [state_of(outcome.ticket) for outcome in outcomes] == ["CLOSED"] * 3


async def test_ticket_of_another_workspace_is_not_found(shared_desk: Desk) -> None:
    ticket_id, elsewhere = await shared_desk.new_ticket(), await shared_desk.new_workspace()

    outcomes = await _batch(shared_desk, [ticket_id], workspace_id=elsewhere, close=Batch.Close())

    assert _results(outcomes) == ["TICKET_NOT_FOUND"]
    assert state_of(await shared_desk.ticket(ticket_id)) == "OPEN"


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"ticket_ids": []}, "FIELD_REQUIRED", "ticket_ids", id="no ticket"),
        pytest.param({"ticket_ids": [""]}, "FIELD_REQUIRED", "ticket_ids", id="ticket without id"),
        pytest.param({"ticket_ids": ["tkt_1"] * 101}, "FIELD_INVALID", "ticket_ids", id="101 tickets"),
        pytest.param({"close": None}, "FIELD_REQUIRED", "change", id="no change"),
        pytest.param({"assign": agent("")}, "FIELD_REQUIRED", "assignee.agent_id", id="agent without id"),
        pytest.param({"assign": routing_pb2.Assignee()}, "FIELD_REQUIRED", "assign.kind", id="nobody is said"),
        pytest.param({"tag": Batch.TagChange()}, "FIELD_REQUIRED", "tag", id="no tag"),
        pytest.param({"tag": Batch.TagChange(add=["x" * 51])}, "FIELD_INVALID", "tag.add", id="long tag"),
        pytest.param({"tag": Batch.TagChange(add=["a"], remove=["a"])}, "FIELD_INVALID", "tag.remove", id="both"),
        pytest.param(
            {"snooze": Batch.Snooze(snooze_until=timestamp(datetime.now(UTC) - timedelta(days=1)))},
            "FIELD_INVALID",
            "snooze_until",
            id="time that is over",
        ),
        pytest.param({"priority": 0}, "FIELD_REQUIRED", "priority", id="no priority"),
        pytest.param({"priority": 99}, "FIELD_INVALID", "priority", id="unknown priority"),
    ],
)
async def test_request_that_is_wrong_for_all(
    shared_desk: Desk, fields: dict[str, Any], reason: str, field: str
) -> None:
    ticket_id = await shared_desk.new_ticket()
    change = {
        "ticket_ids": [ticket_id],
        **({"close": Batch.Close()} if set(fields) <= {"ticket_ids"} else {}),
        **fields,
    }

    error = await error_of(_batch(shared_desk, **change))

    assert (error.reason, error.metadata["field"]) == (reason, field)
    assert (await shared_desk.ticket(ticket_id)).assignee == NOBODY


async def test_hundred_tickets_share_commits(shared_desk: Desk) -> None:
    outcomes = await _batch(shared_desk, [f"tkt_{number}" for number in range(100)], resolve=Batch.Resolve())

    assert _results(outcomes) == ["TICKET_NOT_FOUND"] * 100
