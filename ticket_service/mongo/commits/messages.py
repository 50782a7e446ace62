"""Messages that a decision needs besides the one that it is about: those that others name, and what came behind the
last one that a writer has seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from ticket_service.domain.message import Direction, Message
from ticket_service.domain.ticket_decision import MOST_NEWER
from ticket_service.mongo.commits.found import Found
from ticket_service.mongo.commits.union import Part
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import NOT_CANCELLED, message_from_document, stored_behind

_BEHIND = "behind "
_NO_NOTE = {"direction": {"$ne": Direction.NOTE.value}}


def parts_behind(found: Found, messages: Any) -> list[Part]:
    """What to read behind the messages that were seen, of those that may have anything behind them. `messages` is the
    collection."""
    newest: list[Document] = [{"$sort": {"position": -1}}, {"$limit": MOST_NEWER}]
    return [
        Part(_BEHIND + seen.message_id, messages, [{"$match": stored_behind(seen) | _NO_NOTE | NOT_CANCELLED}, *newest])
        for seen in found.seen.values()
        if _may_be_followed(found, seen)
    ]


def _may_be_followed(found: Found, seen: Message) -> bool:
    ticket = found.tickets.get(seen.ticket_id)
    return ticket is not None and (not seen.position or ticket.last_position > seen.seen_position)


def add_messages(found: Found, documents: Mapping[str, list[Document]], behind: Sequence[Part]) -> None:
    """Adds what was read."""
    found.parts = {document["_id"]: message_from_document(document) for document in documents["parts"]}
    for messages in found.requested.values():
        messages += [found.parts[part] for part in sorted(messages[0].further_parts) if part in found.parts]
    for document in documents["scheduled"]:
        found.scheduled.setdefault(document["ticket_id"], []).append(message_from_document(document))
    for part in behind:
        newest = map(message_from_document, documents[part.name])
        found.newer[part.name.removeprefix(_BEHIND)] = tuple(sorted(newest, key=lambda message: message.position))
