"""Subjects that people have written are found by their words, which stand with those of the ticket's first message: an
index of tickets would cost every text something (docs/decisions/0080-subjects-stand-with-the-first-message.md)."""

from collections.abc import Iterable
from typing import Any

from pymongo import UpdateMany, UpdateOne

from ticket_service.domain.message import Message
from ticket_service.domain.search.words import OF_SUBJECT, words_of, words_of_subject
from ticket_service.domain.texts.subject import subject_of
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.message_documents import WORDS

_FIRST = [("message_time", 1), ("_id", 1)]
_MARKED = {"$regex": f"^{OF_SUBJECT}"}


def whose_words_change(
    new_tickets: Iterable[Ticket],
    changed_tickets: Iterable[tuple[Ticket, Ticket]],
    new_messages: Iterable[Message],
    changed_messages: Iterable[tuple[Message, Message]],
) -> list[Ticket]:
    """Tickets whose subjects were written, or whose first message may have lost their words: it gets those of its text
    when it leaves. A subject that is a text's beginning is found by the text."""
    texts: dict[str, str] = {}
    for message in new_messages:
        texts.setdefault(message.ticket_id, message.text)
    begun = [ticket for ticket in new_tickets if ticket.subject != subject_of(texts.get(ticket.ticket_id, ""))]
    leaving = {
        after.ticket_id for b, after in changed_messages if b.waits_for_its_time and not after.waits_for_its_time
    }
    changed = [a for b, a in changed_tickets if a.subject != b.subject or a.ticket_id in leaving]
    return [ticket for ticket in (*begun, *changed) if ticket.seal_time is None]


def write_words(messages: Any, tickets: Iterable[Ticket], session: Any) -> None:
    """Gives first messages the words of their tickets' subjects, in place of those of earlier ones. What was the first
    one then may stand behind others now: a text that was recovered comes before those that were sent after it."""
    writes: list[UpdateOne | UpdateMany] = []
    for ticket in tickets:
        found = messages.find_one({"ticket_id": ticket.ticket_id}, {"text": 1}, sort=_FIRST, session=session)
        if found is not None and isinstance(found.get("text"), str):
            of_subject = words_of_subject(ticket.subject) if ticket.subject != subject_of(found["text"]) else []
            writes.append(UpdateOne({"_id": found["_id"]}, {"$set": {WORDS: [*words_of(found["text"]), *of_subject]}}))
            others = {"ticket_id": ticket.ticket_id, "_id": {"$ne": found["_id"]}, WORDS: _MARKED}
            writes.append(UpdateMany(others, {"$pull": {WORDS: _MARKED}}, hint="conversation"))
    if writes:
        messages.bulk_write(writes, session=session)
