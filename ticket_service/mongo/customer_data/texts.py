"""TextsWithoutTicketStore on MongoDB."""

from datetime import datetime

from pymongo import DESCENDING

from servicekit.mongo.readable import first_readable
from ticket_service.domain.message import Message
from ticket_service.mongo.customer_data.forgetting import NOT_ERASED
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import TEXTS_WITHOUT_TICKET_INDEX, message_from_document


class MongoTextsWithoutTicket:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def texts_without_ticket(
        self, workspace_id: str, customer_id: str, before: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        query: Document = {"customer_id": customer_id, "workspace_id": workspace_id, "ticket_id": "", **NOT_ERASED}
        if before is not None:
            time, message_id = before
            query["$or"] = [{"message_time": {"$lt": time}}, {"message_time": time, "_id": {"$lt": message_id}}]
        order = [("message_time", DESCENDING), ("_id", DESCENDING)]
        found = self._db.messages.find(query).hint(TEXTS_WITHOUT_TICKET_INDEX).sort(order)
        return await first_readable(found, limit, message_from_document, "message")
