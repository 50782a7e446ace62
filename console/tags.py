"""Tags of tickets, which are the same in whatever letters: "vip" is "VIP"."""

import unicodedata

from keva.ticket.v1 import ticket_service_pb2


def tag_of(ticket: ticket_service_pb2.Ticket, tag: str) -> str:
    """The ticket's own spelling of the tag; empty when it has none such."""
    return next((own for own in ticket.tags if _key(own) == _key(tag)), "")


def _key(tag: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag.strip()).casefold())
