"""A customer's tickets, the notes about them, and texts on no ticket: so many of each from a place on, and the ways to
the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from client.paging import one_page
from client.words.language import say
from console.visit import Visit
from keva.ticket.v1 import customer_note_pb2, message_pb2, ticket_service_pb2
from servicekit.paging import MAX_PAGE_SIZE


@dataclass(frozen=True)
class Reading:
    """How many notes, tickets and texts are read, and the page tokens from which on: empty for the newest."""

    notes: int = 20
    tickets: int = 20
    texts: int = 20
    notes_from: str = ""
    tickets_from: str = ""
    texts_from: str = ""


NEWEST = Reading()


@dataclass(frozen=True)
class Link:
    """Where it leads, and its words."""

    url: str
    words: str


async def read_notes(
    visit: Visit, customer_id: str, size: int, token: str = ""
) -> tuple[list[customer_note_pb2.CustomerNote], str]:
    """Notes, the newest first, and the token of the next page, empty at the end. Raises Failure."""
    request = customer_note_pb2.ListCustomerNotesRequest(workspace_id=visit.workspace_id, customer_id=customer_id)
    rpc = visit.session.services.tickets.ListCustomerNotes
    return await one_page(visit.session, rpc, request, lambda page: page.notes, size=size, token=token)


async def find_note(visit: Visit, customer_id: str, note_id: str) -> customer_note_pb2.CustomerNote | None:
    """The note of that id, however old; None when there is none. Raises Failure."""
    notes, token = await read_notes(visit, customer_id, MAX_PAGE_SIZE)
    while True:
        found = next((note for note in notes if note.customer_note_id == note_id), None)
        if found or not token:
            return found
        notes, token = await read_notes(visit, customer_id, MAX_PAGE_SIZE, token)


async def read_tickets(
    visit: Visit, customer_id: str, size: int, token: str = ""
) -> tuple[list[ticket_service_pb2.Ticket], str]:
    """Tickets, the newest first, and the token of the next page, empty at the end. Raises Failure."""
    request = ticket_service_pb2.ListTicketsRequest(workspace_id=visit.workspace_id, customer=customer_id)
    rpc = visit.session.services.tickets.ListTickets
    return await one_page(visit.session, rpc, request, lambda page: page.tickets, size=size, token=token)


async def read_texts(
    visit: Visit, customer_id: str, size: int, token: str = ""
) -> tuple[list[message_pb2.Message], str]:
    """Texts on no ticket, the newest first, and the token of the next page, empty at the end. Raises Failure."""
    request = ticket_service_pb2.ListTextsWithoutTicketRequest(workspace_id=visit.workspace_id, customer_id=customer_id)
    rpc = visit.session.services.tickets.ListTextsWithoutTicket
    return await one_page(visit.session, rpc, request, lambda page: page.messages, size=size, token=token)


def own_page(visit: Visit, customer_id: str, reading: Reading = NEWEST) -> str:
    """The customer's own page, from these places on."""
    places = {"notes": reading.notes_from, "tickets": reading.tickets_from, "texts": reading.texts_from}
    return visit.url(f"/c/{customer_id}", **places)


def note_links(visit: Visit, customer_id: str, reading: Reading, older: str) -> Sequence[Link]:
    """On the customer's own page, to other notes; `older` is the token of the next page."""

    def link(token: str, words: str) -> Link:
        return Link(f"{own_page(visit, customer_id, replace(reading, notes_from=token))}#notes", words)

    return _links(reading.notes_from, link("", say("Newest notes")), older, link(older, say("Older notes")))


def ticket_links(visit: Visit, customer_id: str, reading: Reading, older: str) -> Sequence[Link]:
    """The same, to other tickets."""

    def link(token: str, words: str) -> Link:
        return Link(f"{own_page(visit, customer_id, replace(reading, tickets_from=token))}#tickets", words)

    return _links(reading.tickets_from, link("", say("Newest tickets")), older, link(older, say("Older tickets")))


def text_links(visit: Visit, customer_id: str, reading: Reading, older: str) -> Sequence[Link]:
    """The same, to other texts on no ticket."""

    def link(token: str, words: str) -> Link:
        return Link(f"{own_page(visit, customer_id, replace(reading, texts_from=token))}#texts", words)

    return _links(reading.texts_from, link("", say("Newest texts")), older, link(older, say("Older texts")))


def _links(shown: str, to_newest: Link, older: str, to_older: Link) -> Sequence[Link]:
    """The first unless the newest are `shown` (an empty token), the second if there are `older` ones."""
    newest = [to_newest] if shown else []
    return [*newest, to_older] if older else newest
