"""Workspaces that somebody has changed in the database."""

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.errors import NotFound
from tests.ticket_service.mongo.conftest import NewTicket
from tests.ticket_service.raw_documents import changed
from ticket_service.mongo.store import MongoStore


async def test_one_without_an_organization_is_nobodys_and_holds_up_no_other(
    store: MongoStore, mongod: Mongod, database: str, new_ticket: NewTicket
) -> None:
    await store.workspaces.organization_of("default")
    ticket = await new_ticket()
    with changed(mongod, database, "workspaces") as workspaces:
        (kept,) = workspaces.find()
        workspaces.insert_one({**kept, "_id": "lost", "auto_close_seconds": 1, "retain_seconds": 1})
        workspaces.update_one({"_id": "lost"}, {"$unset": {"organization_id": ""}})
        workspaces.update_one({"_id": "default"}, {"$set": {"auto_close_seconds": 1, "retain_seconds": 1}})
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket.ticket_id}, {"$set": {"to_deal": True}})
        (stored,) = tickets.find()
        other = {**stored, "_id": "tkt_lost", "workspace_id": "lost", "holds_thread": False, "number": 77}
        tickets.insert_one({name: value for name, value in other.items() if name != "holds_thread"})

    with pytest.raises(NotFound) as refused:
        await store.workspaces.organization_of("lost")

    assert refused.value.reason == "WORKSPACE_NOT_FOUND"
    for listed in (await store.workspaces.list_auto_closing(), await store.workspaces.list_retaining()):
        assert [workspace.workspace_id for workspace in listed] == ["default"]
    assert [workspace.workspace_id for workspace in await store.dealing.waiting_workspaces()] == ["default"]
