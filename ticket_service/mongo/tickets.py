"""TicketStore on MongoDB."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ticket_service import errors
from ticket_service.domain.ai_turn import TurnEnd, TurnStart
from ticket_service.domain.channel import Channel
from ticket_service.domain.customer import Customer
from ticket_service.domain.message import Message
from ticket_service.domain.ticket import Ticket, TicketChange, TicketFilter, TicketState
from ticket_service.domain.ticket_decision import Decide, Needs, NeedsOf, TicketContext, TicketWrite
from ticket_service.mongo.ai_turns import write_turns
from ticket_service.mongo.audit_chains import append_to_ticket
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.message_documents import message_from_document
from ticket_service.mongo.messages import insert_messages, update_message
from ticket_service.mongo.ticket_documents import assignee_to_document, ticket_from_document

_Load = Callable[[Any], Awaitable[tuple[Document, list[Message]]]]


class MongoTickets:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def get_ticket(self, workspace_id: str, ticket_id: str) -> Ticket:
        return ticket_from_document(await self._ticket(workspace_id, ticket_id))

    async def list_tickets(self, tickets: TicketFilter, limit: int) -> list[Ticket]:
        query = _query(tickets)
        if words := re.findall(r"\w+", tickets.text):
            found = await self._db.messages.aggregate(_search(words, tickets, query, limit)).to_list(None)
        else:
            found = await self._db.tickets.find(query).sort("_id", -1).limit(limit).to_list(None)
        return [ticket_from_document(document) for document in found]

    async def list_resolved(self, workspace_id: str, before: datetime, limit: int) -> list[Ticket]:
        query = {
            "workspace_id": workspace_id,
            "state": TicketState.RESOLVED.value,
            "resolve_time": {"$lt": before},
        }
        found = await self._db.tickets.find(query).sort("resolve_time", 1).limit(limit).to_list(None)
        return [ticket_from_document(document) for document in found]

    async def change_ticket(
        self,
        workspace_id: str,
        ticket_id: str,
        decide: Decide,
        needs: Needs | NeedsOf = Needs.NOTHING_MORE,
        request_id: str = "",
    ) -> TicketWrite:
        async def load(session: Any) -> tuple[Document, list[Message]]:
            ticket = await self._ticket(workspace_id, ticket_id, session)
            return ticket, await self._earlier(workspace_id, request_id, session) if request_id else []

        return await self._change(load, decide, needs)

    async def change_message(
        self, workspace_id: str, message_id: str, decide: Decide, needs: Needs = Needs.NOTHING_MORE
    ) -> TicketWrite:
        async def load(session: Any) -> tuple[Document, list[Message]]:
            query = {"_id": message_id, "workspace_id": workspace_id}
            message = await self._db.messages.find_one(query, session=session)
            if message is None or not message["ticket_id"]:
                raise errors.message_not_found(message_id)
            ticket = await self._ticket(workspace_id, message["ticket_id"], session)
            return ticket, [message_from_document(message)]

        return await self._change(load, decide, needs)

    async def _change(self, load: _Load, decide: Decide, needs: Needs | NeedsOf) -> TicketWrite:
        async def work(session: Any) -> TicketWrite:
            document, messages = await load(session)
            ticket = ticket_from_document(document)
            wanted = needs if isinstance(needs, Needs) else needs(ticket)
            read = {need: await self._read(need, ticket, session) for need in wanted}
            context = TicketContext(ticket, messages[0] if messages else None, tuple(messages[1:]), read)
            write = decide(context)
            return await self._write(context, write, session) if write.entries else write

        return await self._db.in_transaction(work)

    async def _earlier(self, workspace_id: str, request_id: str, session: Any) -> list[Message]:
        """The message of that request, and its further parts."""
        query = {"workspace_id": workspace_id, "request_id": request_id}
        document = await self._db.messages.find_one(query, session=session)
        if document is None:
            return []
        first = message_from_document(document)
        if not first.further_parts:
            return [first]
        parts = self._db.messages.find({"_id": {"$in": list(first.further_parts)}}, session=session).sort("_id", 1)
        return [first, *(message_from_document(part) for part in await parts.to_list(None))]

    async def _read(self, need: Needs, ticket: Ticket, session: Any) -> Customer | Channel | str | None:
        if need is Needs.CUSTOMER:
            customer = await self._db.customers.find_one({"_id": ticket.customer_id}, session=session)
            return customer_from_document(customer)
        if need is Needs.CHANNEL:
            query = {"_id": ticket.channel_id, "delete_time": None}
            channel = await self._db.channels.find_one(query, session=session)
            return channel_from_document(channel) if channel else None
        if need is Needs.LIVE_TICKET:
            return await self._live_ticket(ticket, session)
        turn = await self._db.ai_turns.find_one({"_id": ticket.ticket_id}, session=session)
        return turn["version"] if turn else ""

    async def _live_ticket(self, ticket: Ticket, session: Any) -> str | None:
        if ticket.holds_thread:
            return ticket.ticket_id
        thread = {"channel_id": ticket.channel_id, "customer_address": ticket.customer_address, "holds_thread": True}
        live = await self._db.tickets.find_one(thread, {"_id": 1}, session=session)
        return live["_id"] if live else None

    async def _write(self, context: TicketContext, write: TicketWrite, session: Any) -> TicketWrite:
        ticket = await append_to_ticket(self._db, TicketChange(write.ticket, write.entries), session)
        if context.message is None:
            new = [message for message in (write.message, *write.more_messages) if message is not None]
            await insert_messages(self._db, new, session)
        elif write.message is not None and write.message != context.message:
            await update_message(self._db, write.message, session)
        if write.customer is not None and write.customer != context.read.get(Needs.CUSTOMER):
            document = customer_to_document(write.customer)
            await self._db.customers.replace_one({"_id": document["_id"]}, document, session=session)
        if isinstance(write.ai_turn, TurnStart):
            await write_turns(self._db, [(ticket, write.ai_turn)], session)
        elif isinstance(write.ai_turn, TurnEnd):
            await self._db.ai_turns.delete_one({"_id": ticket.ticket_id}, session=session)
        return replace(write, ticket=ticket)

    async def _ticket(self, workspace_id: str, ticket_id: str, session: Any = None) -> Document:
        query = {"_id": ticket_id, "workspace_id": workspace_id}
        document: Document | None = await self._db.tickets.find_one(query, session=session)
        if document is None:
            raise errors.ticket_not_found(ticket_id)
        return document


def _query(tickets: TicketFilter) -> Document:
    query: Document = {"workspace_id": tickets.workspace_id}
    if tickets.states:
        query["state"] = {"$in": [state.value for state in tickets.states]}
    if tickets.assignee is not None:
        query["assignee"] = assignee_to_document(tickets.assignee)
    if tickets.channel_id:
        query["channel_id"] = tickets.channel_id
    if tickets.customer_address:
        query["customer_address"] = tickets.customer_address
    if tickets.number:
        query["number"] = tickets.number
    if tickets.before:
        query["_id"] = {"$lt": tickets.before}
    return query


def _search(words: list[str], tickets: TicketFilter, query: Document, limit: int) -> list[Document]:
    """Messages with all the words, by the text index; then their tickets, by the other filters."""
    all_words = " ".join(f'"{word}"' for word in words)
    older = {"ticket_id": {"$lt": tickets.before} if tickets.before else {"$gt": ""}}
    return [
        {"$match": {"workspace_id": tickets.workspace_id, "$text": {"$search": all_words}, **older}},
        {"$group": {"_id": "$ticket_id"}},
        {"$lookup": {"from": "tickets", "localField": "_id", "foreignField": "_id", "as": "ticket"}},
        {"$replaceRoot": {"newRoot": {"$first": "$ticket"}}},
        {"$match": query},
        {"$sort": {"_id": -1}},
        {"$limit": limit},
    ]
