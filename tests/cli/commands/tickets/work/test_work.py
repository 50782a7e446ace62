"""`keva tickets snooze`, `tag`, `update`, and changes of several tickets at once."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from keva.ticket.v1 import error_reason_pb2, routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from servicekit.rpc.proto_values import timestamp

DANA = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id="dana")
UNTIL = datetime(2399, 12, 1, 9, 0, tzinfo=UTC)


def ticket(number: int, **fields: Any) -> pb.Ticket:
    """Ticket `number`, OPEN."""
    given: dict[str, Any] = {"ticket_id": f"tkt_{number}", "number": number, "state": pb.TICKET_STATE_OPEN, **fields}
    return pb.Ticket(**given)


def _outcome(ticket_id: str, **fields: Any) -> pb.TicketOutcome:
    number = int(ticket_id.removeprefix("tkt_"))
    if number == 28:
        reason, message = error_reason_pb2.ERROR_REASON_TICKET_CLOSED, "ticket tkt_28 is closed, which is final"
        return pb.TicketOutcome(ticket_id=ticket_id, failure=pb.TicketFailure(reason=reason, message=message))
    return pb.TicketOutcome(ticket_id=ticket_id, ticket=ticket(number, **fields))


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Tickets by their numbers, of which 28 is closed and 404 is not there."""
    keva.ticket_service.answers.update(
        ListTickets=lambda r: pb.ListTicketsResponse(tickets=[] if r.number == 404 else [ticket(r.number)]),
        BatchUpdateTickets=lambda r: pb.BatchUpdateTicketsResponse(
            outcomes=[_outcome(i, state=pb.TICKET_STATE_RESOLVED) for i in r.ticket_ids]
        ),
    )


async def test_several_are_resolved_in_one_call(keva: Any) -> None:
    result = await keva("tickets", "resolve", "10", "#11", "tkt_12")

    assert result.status == 0
    assert result.output.splitlines() == [f"Ticket #{number} is RESOLVED." for number in (10, 11, 12)]
    batch = pb.BatchUpdateTicketsRequest(
        workspace_id="default",
        ticket_ids=["tkt_10", "tkt_11", "tkt_12"],
        resolve=pb.BatchUpdateTicketsRequest.Resolve(),
    )
    assert keva.ticket_service.last() == batch


async def test_those_that_fail_are_named_and_the_others_are_changed(keva: Any) -> None:
    result = await keva("tickets", "close", "10", "28", "404", "x", "11")

    assert result.status == 1
    assert [line.split()[1] for line in result.output.splitlines()] == ["#10", "#11"]
    assert "28: ticket tkt_28 is closed, which is final (TICKET_CLOSED)" in result.error
    assert "404: There is no ticket #404 in the workspace default. (TICKET_NOT_FOUND)" in result.error
    assert "x: 'x' is not a ticket." in result.error
    assert "3 of 5 tickets were not changed." in result.error
    assert keva.ticket_service.last().ticket_ids == ["tkt_10", "tkt_28", "tkt_11"]


async def test_several_as_json(keva: Any) -> None:
    result = await keva("--json", "tickets", "resolve", "10", "28", "404")

    assert result.status == 1
    done, closed, unknown = json.loads(result.output)["outcomes"]
    assert (done["ticket_id"], done["ticket"]["number"]) == ("tkt_10", 10)
    assert closed["failure"]["reason"] == "ERROR_REASON_TICKET_CLOSED"
    assert unknown["failure"]["reason"] == "ERROR_REASON_TICKET_NOT_FOUND"


async def test_one_as_json_is_the_ticket(keva: Any) -> None:
    keva.ticket_service.answers["ResolveTicket"] = pb.ResolveTicketResponse(ticket=ticket(10))

    result = await keva("--json", "tickets", "resolve", "10")

    assert json.loads(result.output)["number"] == 10


@pytest.mark.parametrize(
    ("words", "asked"),
    [((), {}), (("--pending",), {"state": pb.TICKET_STATE_PENDING}), (("--as-before",), {"as_before": True})],
)
async def test_one_is_reopened_as_it_was(keva: Any, words: tuple[str, ...], asked: dict[str, Any]) -> None:
    keva.ticket_service.answers["ReopenTicket"] = pb.ReopenTicketResponse(ticket=ticket(10))

    result = await keva("tickets", "reopen", "10", *words)

    assert result.output == "Ticket #10 is OPEN.\n"
    assert keva.ticket_service.last() == pb.ReopenTicketRequest(workspace_id="default", ticket_id="tkt_10", **asked)


async def test_nothing_is_changed_while_the_service_is_away(keva: Any) -> None:
    keva.ticket_service.answers["ListTickets"] = errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer")

    result = await keva("tickets", "resolve", "10", "11")

    assert result.status == 5


@pytest.mark.parametrize(
    ("words", "tickets"),
    [
        pytest.param(["3", "agent:dana"], ["3"], id="one, as ever"),
        pytest.param(["3", "--to", "agent:dana"], ["3"], id="one with --to"),
        pytest.param(["3", "4", "5", "agent:dana"], ["3", "4", "5"], id="several"),
        pytest.param(["3", "4", "5", "--to", "agent:dana"], ["3", "4", "5"], id="several with --to"),
    ],
)
async def test_assign(keva: Any, words: list[str], tickets: list[str]) -> None:
    keva.ticket_service.answers["AssignTicket"] = pb.AssignTicketResponse(ticket=ticket(3, assignee=DANA))

    result = await keva("tickets", "assign", *words)

    assert result.status == 0
    request = keva.ticket_service.last()
    if len(tickets) == 1:
        assert (request.ticket_id, request.assignee) == ("tkt_3", DANA)
        assert result.output == "Ticket #3 is assigned to agent:dana.\n"
    else:
        assert (list(request.ticket_ids), request.assign) == ([f"tkt_{number}" for number in tickets], DANA)


@pytest.mark.parametrize("tickets", [["3"], ["3", "4"]])
async def test_assignment_is_taken_back(keva: Any, tickets: list[str]) -> None:
    keva.ticket_service.answers["AssignTicket"] = pb.AssignTicketResponse(ticket=ticket(3))

    result = await keva("tickets", "assign", *tickets, "nobody", "--as-before")

    assert result.status == 0
    assert keva.ticket_service.last().as_before


@pytest.mark.parametrize("words", [["agent:dana"], ["3", "4"], []], ids=["no ticket", "to nobody said", "nothing"])
async def test_assign_that_says_too_little(keva: Any, words: list[str]) -> None:
    result = await keva("tickets", "assign", *words)

    assert result.status == 2
    assert not keva.ticket_service.requests


async def test_snooze_until_a_time(keva: Any) -> None:
    keva.ticket_service.answers["SnoozeTicket"] = pb.SnoozeTicketResponse(
        ticket=ticket(12, snoozed=True, snooze_until=UNTIL)
    )

    result = await keva("tickets", "snooze", "12", "--until", "2399-12-01T09:00")

    assert result.output == "Ticket #12 is put aside until 2399-12-01 09:00Z.\n"
    assert keva.ticket_service.last() == pb.SnoozeTicketRequest(
        workspace_id="default", ticket_id="tkt_12", snooze_until=timestamp(UNTIL)
    )


async def test_snooze_until_the_next_text_and_wake(keva: Any) -> None:
    keva.ticket_service.answers["SnoozeTicket"] = pb.SnoozeTicketResponse(ticket=ticket(12, snoozed=True))
    keva.ticket_service.answers["UnsnoozeTicket"] = pb.UnsnoozeTicketResponse(ticket=ticket(12))

    snoozed = await keva("tickets", "snooze", "12")
    asked = keva.ticket_service.last()
    awake = await keva("tickets", "unsnooze", "12")

    assert snoozed.output == "Ticket #12 is put aside until the customer's next text.\n"
    assert not asked.HasField("snooze_until")
    assert awake.output == "Ticket #12 is awake.\n"


@pytest.mark.parametrize("until", ["2020-01-01", "tomorrow", ""])
async def test_snooze_until_no_time(keva: Any, until: str) -> None:
    assert (await keva("tickets", "snooze", "12", "--until", until)).status == 2
    assert not keva.ticket_service.requests


async def test_tag_and_untag(keva: Any) -> None:
    keva.ticket_service.answers["AddTags"] = pb.AddTagsResponse(ticket=ticket(12, tags=["vip", "late"]))
    keva.ticket_service.answers["RemoveTags"] = pb.RemoveTagsResponse(ticket=ticket(12))

    tagged = await keva("tickets", "tag", "12", "--tag", "vip", "-t", "late")
    added = keva.ticket_service.last()
    untagged = await keva("tickets", "untag", "12", "-t", "vip", "-t", "late")

    assert tagged.output == "Ticket #12 has the tags vip, late.\n"
    assert list(added.tags) == list(keva.ticket_service.last().tags) == ["vip", "late"]
    assert untagged.output == "Ticket #12 has no tags.\n"
    assert (await keva("tickets", "tag", "12")).status == 2


async def test_tags_are_listed_with_counts(keva: Any) -> None:
    counts = [pb.TagCount(tag="late", ticket_count=3), pb.TagCount(tag="vip", ticket_count=1000)]
    keva.ticket_service.answers["ListTags"] = pb.ListTagsResponse(tags=counts)

    result = await keva("tickets", "tags")
    as_json = await keva("tickets", "tags", "--json")

    assert [line.split() for line in result.output.splitlines()] == [
        ["Tag", "Tickets"],
        ["late", "3"],
        ["vip", "1000+"],
    ]
    assert json.loads(as_json.output)[0] == {"tag": "late", "ticket_count": 3}


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        pytest.param(["--subject", "A leak"], ["subject"], id="subject"),
        pytest.param(["--priority", "urgent"], ["priority"], id="priority"),
        pytest.param(["--subject", "A leak", "--priority", "URGENT"], ["subject", "priority"], id="both"),
    ],
)
async def test_update(keva: Any, options: list[str], paths: list[str]) -> None:
    keva.ticket_service.answers["UpdateTicket"] = pb.UpdateTicketResponse(ticket=ticket(12))

    result = await keva("tickets", "update", "12", *options)

    request = keva.ticket_service.last()
    assert result.output == f"Ticket #12 has changed: {' and '.join(paths)}.\n"
    assert list(request.update_mask.paths) == paths
    assert request.ticket.subject == ("A leak" if "subject" in paths else "")
    assert request.ticket.priority == (routing_pb2.PRIORITY_URGENT if "priority" in paths else 0)


async def test_update_of_nothing(keva: Any) -> None:
    result = await keva("tickets", "update", "12")

    assert (result.status, "Nothing to change" in result.error) == (2, True)
