"""`keva replies`, and `keva tickets reply --saved`, which sends nothing with a gap in it."""

import json
from typing import Any

import pytest

from keva.ticket.v1 import message_pb2, ticket_service_pb2
from keva.ticket.v1 import saved_reply_service_pb2 as pb
from servicekit.errors import NotFound

HOURS = pb.SavedReply(
    saved_reply_id="srp_1", shortcut="hours", title="Opening hours", text="Hi {customer.name}", use_count=3
)
MINE = pb.SavedReply(saved_reply_id="srp_2", shortcut="mine", title="mine", text="bye", agent_id="dana")
TICKET = ticket_service_pb2.Ticket(ticket_id="tkt_3", number=3)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One saved reply, and a ticket #3."""
    keva.ticket_service.answers.update(
        ListSavedReplies=pb.ListSavedRepliesResponse(saved_replies=[HOURS, MINE]),
        GetSavedReply=pb.GetSavedReplyResponse(saved_reply=HOURS),
        CreateSavedReply=pb.CreateSavedReplyResponse(saved_reply=HOURS),
        UpdateSavedReply=pb.UpdateSavedReplyResponse(saved_reply=HOURS),
        DeleteSavedReply=pb.DeleteSavedReplyResponse(),
        RenderSavedReply=pb.RenderSavedReplyResponse(text="Hi Zoë", saved_reply=HOURS),
        ListTickets=ticket_service_pb2.ListTicketsResponse(tickets=[TICKET]),
        ReplyToTicket=ticket_service_pb2.ReplyToTicketResponse(
            ticket=TICKET, message=message_pb2.Message(message_id="msg_1")
        ),
    )


async def test_who_finds_none_hears_how_to_keep_one(keva: Any) -> None:
    keva.ticket_service.answers["ListSavedReplies"] = pb.ListSavedRepliesResponse()
    keva.ticket_service.answers["GetSavedReply"] = NotFound("SAVED_REPLY_NOT_FOUND", "there is no saved reply nope")

    assert "keva replies add" in (await keva("replies", "list")).error
    assert "keva replies add" not in (await keva("replies", "list", "--text", "nope")).error
    assert "keva replies list" in (await keva("replies", "show", "nope")).error


async def test_list_says_whose_and_how_often(keva: Any) -> None:
    result = await keva("replies", "list", "--text", "h")

    assert result.status == 0
    assert "workspace" in result.output
    assert "agent:dana" in result.output
    assert keva.ticket_service.last().text == "h"
    as_json = json.loads((await keva("replies", "list", "--json")).output)
    assert [(saved["shortcut"], saved["use_count"]) for saved in as_json] == [("hours", 3), ("mine", 0)]


async def test_add_update_and_delete(keva: Any) -> None:
    assert (await keva("replies", "add", "hours", "-", "--own", stdin=b"Hi {customer.name}")).status == 0
    added = keva.ticket_service.last()
    assert (added.shortcut, added.text, added.own) == ("hours", "Hi {customer.name}", True)

    assert (await keva("replies", "update", "hours", "--text", "bye")).status == 0
    updated = keva.ticket_service.last()
    assert (updated.saved_reply.saved_reply_id, list(updated.update_mask.paths)) == ("srp_1", ["text"])

    assert (await keva("replies", "update", "hours")).status == 2
    assert "srp_1" in (await keva("replies", "delete", "hours")).output


async def test_reply_with_a_saved_text(keva: Any) -> None:
    result = await keva("tickets", "reply", "3", "--saved", "hours")

    assert result.status == 0
    request = keva.ticket_service.last()
    assert (request.text, request.saved_reply_id, request.ticket_id) == ("Hi Zoë", "srp_1", "tkt_3")


async def test_reply_with_ones_own_words_counts_the_saved_text(keva: Any) -> None:
    await keva("tickets", "reply", "3", "Hello Zoë", "--saved", "hours")

    request = keva.ticket_service.last()
    assert (request.text, request.saved_reply_id) == ("Hello Zoë", "srp_1")


async def test_missing_value_is_shown_and_nothing_is_sent(keva: Any) -> None:
    keva.ticket_service.answers["RenderSavedReply"] = pb.RenderSavedReplyResponse(
        text="Hi {customer.name}", missing=["customer.name"], saved_reply=HOURS
    )

    result = await keva("tickets", "reply", "3", "--saved", "hours")
    shown = await keva("replies", "render", "hours", "3")

    assert result.status == 1
    assert "{customer.name}" in result.error
    assert "Hi {customer.name}" in shown.output
    assert "No value: {customer.name}" in shown.error
    asked = [type(request).__name__ for request in keva.ticket_service.requests]
    assert "ReplyToTicketRequest" not in asked
