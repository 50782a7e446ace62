"""Tickets that wait for an available agent, as the store has them."""

from dev.local_stack.mongod import Mongod
from tests.ticket_service.mongo.conftest import NewTicket
from tests.ticket_service.raw_documents import changed
from ticket_service.mongo.store import MongoStore


async def test_tickets_wait_no_more_in_pages(
    store: MongoStore, new_ticket: NewTicket, mongod: Mongod, database: str
) -> None:
    """Of a channel that is not there any more."""
    for _ in range(3):
        await new_ticket()
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_many({}, {"$set": {"to_deal": True}})
    (workspace,) = await store.dealing.waiting_workspaces()

    withdrawn = [await store.dealing.withdraw(workspace, 2) for _ in range(3)]

    assert (withdrawn, await store.dealing.waiting_workspaces()) == ([2, 1, 0], [])
