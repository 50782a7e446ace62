"""A customer who is forgotten leaves ids, times and states behind, and nothing that tells who it was."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import bson
import pymongo
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import message_pb2, ticket_service_pb2
from servicekit.errors import Unavailable
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    ACCOUNT,
    AGENT,
    CUSTOMER,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    delivery_state,
    error_of,
    fresh_address,
    inbound,
    state_of,
)
from tests.ticket_service.peer_server import PeerServer
from tests.ticket_service.responder_peer import ResponderPeer
from tests.ticket_service.desk import SmsPeer

SECRET = "my-blood-type-is-zero"
NAME = "Anneliese Quittenbaum"


@pytest.fixture
async def desk(start_desk: StartDesk) -> AsyncIterator[Desk]:
    """A replica that looks for erasures all the time."""
    desk = await start_desk(erasure_poll_seconds=0.05)
    await desk.subscribe()
    yield desk


def _dump(mongod: Mongod, database: str) -> dict[str, bytes]:
    """All documents of each collection, in their raw form."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        names = client[database].list_collection_names()
        return {name: b"".join(map(bson.encode, client[database][name].find())) for name in names}


def _found_in(dump: dict[str, bytes], *texts: str) -> list[tuple[str, str]]:
    return [(name, text) for name, raw in dump.items() for text in texts if text.encode() in raw]


async def _forget(desk: Desk, customer_id: str) -> ticket_service_pb2.Customer:
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    return (await desk.tickets.ForgetCustomer(request, metadata=AGENT)).customer


async def _until_erased(desk: Desk, customer_id: str) -> ticket_service_pb2.Customer:
    async with asyncio.timeout(30):
        while not (customer := await desk.customer(customer_id)).HasField("erase_time"):
            await asyncio.sleep(0.02)
    return customer


async def _talk(desk: Desk, **fields: Any) -> tuple[str, str]:
    """A ticket with texts, a reply, a note, a subject and media; its id and the customer's."""
    media = [message_pb2.MediaItem(url=f"https://api.twilio.com/{SECRET}", content_type="image/png")]
    text = {"city": "QUITTENHAUSEN", "state": "QH", "zip": "98765-QH", "media": media, **fields}
    stored = (await desk.text(f"hello, {SECRET}", **text)).stored
    await desk.reply(stored.ticket_id, f"so {SECRET}?", request_id=str(uuid.uuid4()))
    await desk.note(stored.ticket_id, f"says {SECRET}")
    ticket = await desk.ticket(stored.ticket_id)
    update = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE,
        customer=ticket_service_pb2.Customer(
            customer_id=ticket.customer_id, display_name=NAME, email="quittenbaum@example.com"
        ),
        update_mask=FieldMask(paths=["display_name", "email"]),
    )
    await desk.tickets.UpdateCustomer(update, metadata=AGENT)
    return stored.ticket_id, ticket.customer_id


async def test_nothing_that_identifies_is_left_in_any_collection(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket_id, customer_id = await _talk(desk)
    await desk.peer.sent_texts(1)
    await desk.text("STOP", customer_address=CUSTOMER)
    await desk.change("CloseTicket", ticket_id)
    await desk.text("HELP", customer_address=CUSTOMER)
    identifying = (SECRET, NAME, "quittenbaum", "QUITTENHAUSEN", "98765-QH", CUSTOMER, CUSTOMER[1:])
    before = {text for _, text in _found_in(_dump(mongod, database), *identifying)}

    decided = await _forget(desk, customer_id)
    customer = await _until_erased(desk, customer_id)

    assert before == set(identifying)
    assert not _found_in(_dump(mongod, database), *identifying)
    assert decided.HasField("forget_time")
    assert (customer.address, customer.display_name, customer.email) == (
        f"forgotten:{customer_id}",
        "Forgotten customer",
        "",
    )
