"""Commands that write, and are interrupted then: what is written is said with its id, and how to ask again without
writing it twice."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from keva.ticket.v1 import channel_service_pb2, customer_note_pb2, message_pb2, workspace_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from tests.cli.conftest import Keva
from tests.keva_command import keva_command

TICKET = pb.Ticket(ticket_id="tkt_12", number=12, customer_id="cus_1")
DOWN = errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer")


def reply(message_id: str = "msg_1", state: str = "QUEUED") -> message_pb2.Message:
    """A reply on ticket 12, whose delivery is in that state."""
    delivery = message_pb2.Delivery(state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state}"))
    return message_pb2.Message(message_id=message_id, ticket_id="tkt_12", workspace_id="default", delivery=delivery)


@pytest.fixture(autouse=True)
def prepared(keva: Keva) -> None:
    """Ticket 12, whose replies are stored, and a number to text from."""
    channel = channel_service_pb2.Channel(channel_id="chn_1", phone_number="+15550001111")
    keva.ticket_service.answers.update(
        ListTickets=pb.ListTicketsResponse(tickets=[TICKET]),
        ReplyToTicket=pb.ReplyToTicketResponse(message=reply(), ticket=TICKET),
        ListChannels=channel_service_pb2.ListChannelsResponse(channels=[channel]),
    )


def unanswered() -> tuple[asyncio.Event, Callable[[Any], Awaitable[Any]]]:
    """What a peer does that never answers, and whether it was asked."""
    asked = asyncio.Event()

    async def never(_: Any) -> Any:
        asked.set()
        await asyncio.Event().wait()

    return asked, never


async def interrupted(keva: Keva, asked: asyncio.Event, *words: str) -> tuple[int | None, str, str]:
    """How a command ends that gets a Ctrl-C once the peer was asked: status, output, errors."""
    process = await asyncio.create_subprocess_exec(
        *keva_command(*words),
        cwd=keva.folder,
        env={**os.environ, **keva.whole_environment()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        await asked.wait()
        process.send_signal(signal.SIGINT)
        output, error = await process.communicate()
    return process.returncode, output.decode(), error.decode()


async def test_a_reply_is_known_though_nobody_can_say_what_becomes_of_it(keva: Keva) -> None:
    keva.ticket_service.answers["ListMessages"] = DOWN

    result = await keva("tickets", "reply", "12", "hello", "--wait")

    assert (result.status, "QUEUED (msg_1)" in result.output) == (0, True), result.error
    assert "it goes on without this command" in result.error
    assert "database does not answer" in result.error


async def test_what_was_learned_before_counts(keva: Keva) -> None:
    answers = iter([pb.ListMessagesResponse(messages=[reply(state="ACCEPTED")]), DOWN])

    def answer(_: Any) -> Any:
        given = next(answers)
        if isinstance(given, Exception):
            raise given
        return given

    keva.ticket_service.answers["ListMessages"] = answer

    result = await keva("tickets", "reply", "12", "hello", "--wait", "--json")

    shown = json.loads(result.output)
    assert (result.status, shown["message_id"]) == (0, "msg_1")
    assert shown["delivery"]["state"] == "DELIVERY_STATE_ACCEPTED"


@pytest.mark.parametrize("flags", [pytest.param((), id="for people"), pytest.param(("--json",), id="as JSON")])
async def test_ctrl_c_while_waiting_still_prints_the_id(keva: Keva, flags: tuple[str, ...]) -> None:
    asked, keva.ticket_service.answers["ListMessages"] = unanswered()

    status, output, error = await interrupted(keva, asked, "tickets", "reply", "12", "hello", "--wait", *flags)

    assert (status, "msg_1" in output) == (130, True), error
    assert not flags or json.loads(output)["message_id"] == "msg_1"
    assert "it goes on without this command" in error


@pytest.mark.parametrize(
    ("rpc", "words"),
    [
        pytest.param("ReplyToTicket", ("tickets", "reply", "12", "hello"), id="reply"),
        pytest.param(
            "StartConversation", ("conversations", "start", "+12065550123", "hi", "--from", "chn_1"), id="first"
        ),
        pytest.param("AddNote", ("tickets", "note", "12", "hello"), id="note"),
        pytest.param("AddCustomerNote", ("customers", "note", "cus_1", "hello"), id="customer note"),
        pytest.param("CreateWorkspace", ("workspaces", "add", "Sales"), id="workspace"),
    ],
)
async def test_whoever_does_not_wait_for_the_answer_learns_how_to_ask_again(
    keva: Keva, rpc: str, words: tuple[str, ...]
) -> None:
    keva.ticket_service.answers["GetCustomer"] = pb.GetCustomerResponse(customer=pb.Customer(customer_id="cus_1"))
    asked, keva.ticket_service.answers[rpc] = unanswered()

    status, output, error = await interrupted(keva, asked, *words)

    assert (status, output) == (130, "")
    assert f"--request-id {keva.ticket_service.last().request_id}" in error


async def test_a_repeated_workspace_is_the_same(keva: Keva) -> None:
    keva.ticket_service.answers["CreateWorkspace"] = DOWN

    failed = await keva("workspaces", "add", "Sales")
    first = keva.ticket_service.last()
    assert f"--request-id {first.request_id}" in failed.error
    made = workspace_service_pb2.Workspace(workspace_id="wsp_1", display_name="Sales")
    keva.ticket_service.answers["CreateWorkspace"] = workspace_service_pb2.CreateWorkspaceResponse(workspace=made)
    await keva("workspaces", "add", "Sales", "--request-id", first.request_id)

    assert keva.ticket_service.last() == first


async def test_a_retry_whose_answer_is_lost_names_the_message(keva: Keva) -> None:
    # Without it the next try would take the reply that failed before this one.
    failed = [reply("msg_1", "FAILED"), reply("msg_2", "FAILED")]
    keva.ticket_service.answers.update(ListMessages=pb.ListMessagesResponse(messages=failed), RetryReply=DOWN)

    result = await keva("tickets", "retry", "12")

    assert (result.status, "--message msg_2" in result.error) == (5, True)


async def test_of_several_hundred_those_that_are_done_are_said(keva: Keva) -> None:
    def answer(request: Any) -> Any:
        if "tkt_100" in request.ticket_ids:
            raise DOWN
        done = [pb.Ticket(ticket_id=i, number=1, state=pb.TICKET_STATE_RESOLVED) for i in request.ticket_ids]
        outcomes = [pb.TicketOutcome(ticket_id=ticket.ticket_id, ticket=ticket) for ticket in done]
        return pb.BatchUpdateTicketsResponse(outcomes=outcomes)

    keva.ticket_service.answers["BatchUpdateTickets"] = answer
    named = [f"tkt_{number}" for number in range(250)]

    result = await keva("tickets", "resolve", *named, "--json")

    assert result.status == 5
    assert [one["ticket_id"] for one in json.loads(result.output)["outcomes"]] == named[:100]
    assert "100 of 250 tickets are done" in result.error


async def test_who_is_forgotten_is_named_when_nobody_can_say_how_far_it_is(keva: Keva) -> None:
    known = pb.Customer(customer_id="cus_1", address="+15551234567", display_name="Eve")
    keva.ticket_service.answers.update(
        ListCustomers=pb.ListCustomersResponse(customers=[known]),
        ListCustomerNotes=customer_note_pb2.ListCustomerNotesResponse(),
        ListTextsWithoutTicket=pb.ListTextsWithoutTicketResponse(),
        ForgetCustomer=pb.ForgetCustomerResponse(customer=known),
        GetCustomer=DOWN,
    )

    result = await keva("customers", "forget", "(555) 123-4567", "--yes")

    assert (result.status, result.output) == (5, "")
    assert "goes on without this command" in result.error
    assert "keva customers forget cus_1" in result.error
