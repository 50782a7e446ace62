"""Texts that begin with a dash, and are not options."""

from typing import Any

import pytest

from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

TICKET = pb.Ticket(ticket_id="tkt_12", number=12)
DELIVERY = message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_QUEUED)
QUEUED = message_pb2.Message(message_id="msg_1", delivery=DELIVERY)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Ticket 12, which takes replies and notes."""
    keva.ticket_service.answers.update(
        ListTickets=pb.ListTicketsResponse(tickets=[TICKET]),
        ReplyToTicket=pb.ReplyToTicketResponse(message=QUEUED, ticket=TICKET),
        AddNote=pb.AddNoteResponse(message=QUEUED),
    )


TEXTS = [
    "- 2 mugs",
    "-2",
    "- ",
    "-- Anna",
    "-5 °C in the shop today",
    "-hello there",
    "--wait for the parcel",
    "— a dash of print",
    "-€20",
    "-\n- one\n- two",
    "-a b=c",
    "2 - 1",
    "-thanks",
    "-ok",
    "-hello",
    "-see-you",
    "-ja=nein",
]


@pytest.mark.parametrize("text", [text for text in TEXTS if text.strip() != "-"])
@pytest.mark.parametrize("command", ["reply", "note"])
async def test_a_text_that_begins_with_a_dash_is_taken(keva: Any, command: str, text: str) -> None:
    result = await keva("tickets", command, "12", text, "--request-id", "r-1", "--as", "agent:anna")

    assert result.status == 0, result.error
    assert (keva.ticket_service.last().text, keva.ticket_service.last().request_id) == (text, "r-1")
    assert keva.ticket_service.metadata["keva-actor"] == "agent:anna"


async def test_options_may_stand_anywhere(keva: Any) -> None:
    result = await keva("tickets", "reply", "--media", "https://example.com/a b", "12", "--split", "- 2 mugs")

    assert result.status == 0, result.error
    request = keva.ticket_service.last()
    assert (list(request.media_urls), request.split, request.text) == (["https://example.com/a b"], True, "- 2 mugs")


@pytest.mark.parametrize("text", ["--wiat", "--thanks", "--sorry=we are late", "-split", "-request-id=1", "-x", "-as"])
async def test_what_looks_like_an_option_is_never_sent_by_mistake(keva: Any, text: str) -> None:
    refused = await keva("tickets", "reply", "12", text)
    assert refused.status == 2
    assert keva.ticket_service.requests == []

    assert (await keva("tickets", "reply", "12", "--", text)).status == 0
    assert keva.ticket_service.last().text == text


async def test_standard_input_is_still_a_dash_alone(keva: Any) -> None:
    assert (await keva("tickets", "reply", "12", "-", stdin=b"- from a file\n")).status == 0
    assert keva.ticket_service.last().text == "- from a file"


async def test_an_option_without_its_value_is_named(keva: Any) -> None:
    result = await keva("tickets", "reply", "12", "hello", "--request-id")

    assert result.status == 2
    assert "--request-id" in result.error
