"""BlockingStore on MongoDB."""

from typing import Any

from servicekit.mongo.readable import readable
from ticket_service import errors
from ticket_service.domain.customer import Customer
from ticket_service.domain.customer_data.blocking import Blocking, DecideBlocking, LiveTicket
from ticket_service.domain.ticket import TicketState
from ticket_service.mongo.ai_turns import start_of_turn
from ticket_service.mongo.audit_chains import append_to_organization, append_to_ticket
from ticket_service.mongo.channels import channel_from_document
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.database import Database
from ticket_service.mongo.ticket_documents import ticket_from_document


class MongoBlocking:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def change_with_live_tickets(self, workspace_id: str, customer_id: str, decide: DecideBlocking) -> Customer:
        query = {"_id": customer_id, "workspace_id": workspace_id}
        live_ones = {"customer_id": customer_id, "holds_thread": True}

        async def work(session: Any) -> Customer:
            document = await self._db.customers.find_one(query, session=session)
            if document is None:
                raise errors.customer_not_found(customer_id)
            live = await self._live(live_ones, session)
            blocking = decide(customer_from_document(document), live)
            if blocking.entries or blocking.tickets:
                await self._write(blocking, session)
            return blocking.customer

        return await self._db.in_transaction(work)

    async def _live(self, query: dict[str, Any], session: Any) -> list[LiveTicket]:
        unclosed = await self._db.tickets.find(query, session=session).to_list(None)
        tickets = readable(unclosed, ticket_from_document, "ticket")
        of_theirs = {"_id": {"$in": [ticket.channel_id for ticket in tickets]}, "delete_time": None}
        found = await self._db.channels.find(of_theirs, session=session).to_list(None)
        channels = {channel.channel_id: channel for channel in readable(found, channel_from_document, "channel")}
        return [LiveTicket(ticket, channels.get(ticket.channel_id)) for ticket in tickets]

    async def _write(self, blocking: Blocking, session: Any) -> None:
        customer = blocking.customer
        await self._db.customers.replace_one(
            {"_id": customer.customer_id}, customer_to_document(customer), session=session
        )
        for change in blocking.tickets:
            await append_to_ticket(self._db, change, session)
            if change.ticket.state is TicketState.RESOLVED:
                await self._db.ai_turns.delete_one({"_id": change.ticket.ticket_id}, session=session)
            elif start := blocking.ai_turns.get(change.ticket.ticket_id):
                await self._db.ai_turns.bulk_write([start_of_turn(change.ticket, start)], session=session)
        if blocking.entries:
            mine = (customer.organization_id, customer.workspace_id)
            await append_to_organization(self._db, *mine, blocking.entries, session)
