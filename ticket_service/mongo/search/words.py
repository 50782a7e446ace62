"""Messages by the beginnings of their words."""

from collections.abc import Sequence

from bson import Regex

from servicekit.mongo.readable import readable
from ticket_service.domain.message import Message
from ticket_service.domain.search.words import OF_SUBJECT
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import WORDS, message_from_document


def having(beginning: str, also_in_subject: bool) -> Document:
    """Which messages have a word that begins so. Letters and digits mean themselves in a regular expression, and one
    that begins with ^ is answered by an index."""
    if not also_in_subject:
        return {WORDS: {"$regex": f"^{beginning}"}}
    # Without any option: Python's own expressions have one, with which no index gives the beginning.
    return {WORDS: {"$in": [Regex(f"^{mark}{beginning}") for mark in ("", OF_SUBJECT)]}}


async def tickets_of(database: Database, messages: Document, index: str) -> set[str]:
    """The ids of the tickets that these messages are on; at most some thousands. They come in one document: one for
    each message would take many times as long to read."""
    asked = [{"$match": messages}, {"$group": {"_id": None, "tickets": {"$addToSet": "$ticket_id"}}}]
    found = await database.messages.aggregate(asked, hint=index).to_list(None)
    return set(found[0]["tickets"]) if found else set()


async def newest_having(database: Database, ticket_ids: Sequence[str], beginnings: Sequence[str]) -> list[Message]:
    """Of each of these tickets the newest message with words that begin so, the tickets in the order of their ids. A
    message that cannot be read is passed by."""
    newest = [
        {"$match": {"$and": [having(beginning, also_in_subject=False) for beginning in beginnings]}},
        {"$sort": {"message_time": -1, "_id": -1}},
        {"$limit": 1},
    ]
    # One command for a page of tickets: each of its messages would be a command of its own.
    asked: list[Document] = [
        {"$match": {"_id": {"$in": list(ticket_ids)}}},
        {"$sort": {"_id": 1}},
        {"$project": {"_id": 1}},
        {
            "$lookup": {
                "from": database.messages.name,
                "localField": "_id",
                "foreignField": "ticket_id",
                "pipeline": newest,
                "as": "found",
            }
        },
        {"$unwind": "$found"},
        {"$replaceWith": "$found"},
    ]
    found = await database.tickets.aggregate(asked, hint="_id_").to_list(None)
    return readable(found, message_from_document, "message")
