"""A primary proves itself once after each election, before anything is decided by what it says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import AutoReconnect, PyMongoError

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from servicekit.errors import NotFound, Unavailable
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.mongo.conftest import NOW
from tests.wire import Wire
from ticket_service.domain.ticket_decision import TicketWrite
from ticket_service.mongo.store import MongoStore

PROOF = "find counters"


@pytest.fixture
async def elected(tmp_path: Path) -> AsyncIterator[Mongod]:
    """A mongod of this test's own, which may step down."""
    mongod = await Mongod.start(tmp_path, free_port())
    yield mongod
    mongod.process.kill()
    await mongod.process.exited


async def _ask(store: MongoStore) -> None:
    """A decision that writes nothing, about a ticket that there is not. While nobody is elected it has no answer."""
    with contextlib.suppress(PyMongoError, Unavailable), pytest.raises(NotFound):
        await store.tickets.change_ticket("default", "tkt_1", lambda c: TicketWrite(c.ticket, ()))


async def test_each_new_primary_is_asked_once(elected: Mongod) -> None:
    wire = Wire()
    store = MongoStore(elected.uri, "keva_tickets", AUDIT_KEYS, [wire])
    with contextlib.closing(store):
        await _elect_and_ask(elected, store, wire)


async def _elect_and_ask(elected: Mongod, store: MongoStore, wire: Wire) -> None:
    await store.prepare(NOW)
    await _ask(store)
    assert PROOF in wire.commands

    async with asyncio.timeout(90):
        while PROOF in wire.commands:
            wire.commands.clear()
            await _ask(store)

    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(elected.uri) as client, contextlib.suppress(AutoReconnect):
        client.admin.command({"replSetStepDown": 1, "force": True})
    # The driver hears of the election by itself.
    async with asyncio.timeout(90):
        while PROOF not in wire.commands:
            await _ask(store)
    # And then, once it has answered, it is not asked again.
    async with asyncio.timeout(90):
        while PROOF in wire.commands:
            wire.commands.clear()
            await _ask(store)
