"""Whatever somebody makes of one document: what others hold is erased after its time, and when a customer is
forgotten."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import ticket_service_pb2
from servicekit.errors import Unavailable
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.background.test_retention import SECRET, YEAR, NoSms, _closed, _expire, _retain
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of, fresh_address, state_of
from tests.ticket_service.raw_documents import changed, documents, dump, found_in
from ticket_service.background.eraser import Eraser
from ticket_service.background.retention import Retention
from ticket_service.domain.message import DeliveryUpdate, Message
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

_AFTER = timedelta(days=366)


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """A replica that does not look for itself, and keeps everything for a year."""
    desk = await start_desk(erasure_poll_seconds=3600, retention_poll_seconds=3600)
    await desk.subscribe()
    await _retain(desk, YEAR)
    return desk


@pytest.fixture
async def store(mongod: Mongod, database: str) -> AsyncIterator[MongoStore]:
    """That of another replica."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))
    yield store
    store.close()


@pytest.mark.parametrize(
    "alteration",
    [
        pytest.param({"$unset": {"customer_id": ""}}, id="no customer_id"),
        pytest.param({"$unset": {"organization_id": ""}}, id="no organization_id"),
        pytest.param({"$set": {"customer_id": 5}}, id="customer_id is a number"),
        pytest.param({"$set": {"customer_id": ""}}, id="nobody's"),
        pytest.param({"$set": {"tags": [5]}}, id="tags are numbers"),
        pytest.param({"$set": {"last_message": "?"}}, id="last_message is a text"),
    ],
)
async def test_altered_ticket_keeps_no_other_from_being_erased(
    desk: Desk, mongod: Mongod, database: str, alteration: dict[str, Any]
) -> None:
    altered, *others = [await _closed(desk, fresh_address()) for _ in range(3)]
    stop = (await desk.text("STOP", customer_address=fresh_address())).stored
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": altered}, alteration)

    await _expire(mongod, database, _AFTER)

    assert all([(await desk.ticket(ticket_id)).HasField("erase_time") for ticket_id in others])
    assert [r.subject_id for r in await desk.records(action="message.erased")] == [stop.message_id]


async def test_what_a_ticket_holds_goes_though_the_rest_of_it_cannot_be_read(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket_id = await _closed(desk)
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"priority": "LOUD"}})

    await _expire(mongod, database, _AFTER)
    left = found_in(dump(mongod, database), SECRET)
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"priority": "HIGH"}})
    await _expire(mongod, database, 2 * _AFTER)

    assert not left
    assert (await desk.ticket(ticket_id)).HasField("erase_time")
    assert not documents(mongod, database, "erasures")


async def test_erasure_that_is_there_already_begins_again(desk: Desk, mongod: Mongod, database: str) -> None:
    first, second = [await _closed(desk, fresh_address()) for _ in range(2)]
    with changed(mongod, database, "erasures") as erasures:
        erasures.insert_one({"_id": first, "odd": True})

    await _expire(mongod, database, _AFTER)

    assert all([(await desk.ticket(ticket_id)).HasField("erase_time") for ticket_id in (first, second)])


async def test_a_page_goes_past_those_that_cannot_be_sealed(
    desk: Desk, store: MongoStore, mongod: Mongod, database: str
) -> None:
    *altered, whole = [await _closed(desk, fresh_address()) for _ in range(4)]
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_many({"_id": {"$in": altered}}, {"$unset": {"customer_id": ""}})
    now = datetime.now(UTC)

    sealed = [await store.erasures.seal_closed(WORKSPACE, now, now, 1) for _ in range(2)]

    assert sealed == [1, 0]
    assert [erasure["_id"] for erasure in documents(mongod, database, "erasures")] == [whole]


class _SilentSms(NoSms):
    """A sms_service that does not answer."""

    async def erase(self, messages: Sequence[Message]) -> list[DeliveryUpdate]:
        raise Unavailable("SMS_SERVICE_UNAVAILABLE", "sms_service does not answer")


async def test_texts_that_cannot_be_erased_now_keep_no_ticket(
    desk: Desk, store: MongoStore, mongod: Mongod, database: str
) -> None:
    """The workspace whose texts they are comes first: workspaces are gone through by their retention time."""
    await desk.text("STOP", customer_address=fresh_address())
    ticket_id = await _closed(desk)
    sales = await desk.new_workspace()
    with changed(mongod, database, "workspaces") as workspaces:
        workspaces.update_one({"_id": sales}, {"$set": {"retain_seconds": 2 * YEAR.total_seconds()}})
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"workspace_id": sales}})

    def clock() -> datetime:
        return datetime.now(UTC) + 3 * YEAR

    scheduled = ScheduledMessages(store.scheduled_messages, store.tickets, clock, lambda: None)
    eraser = Eraser(store.erasures, _SilentSms(), Deliveries(store.tickets, clock), scheduled, clock, 3600)
    with pytest.raises(Unavailable):
        await Retention(store.erasures, store.workspaces, eraser, clock, 3600).expire_due()

    assert [erasure["_id"] for erasure in documents(mongod, database, "erasures")] == [ticket_id]


async def test_texts_of_a_customer_who_cannot_be_read_are_erased(desk: Desk, mongod: Mongod, database: str) -> None:
    altered, whole = [(await desk.text("sToP", customer_address=fresh_address())).stored for _ in range(2)]
    customer_id = documents(mongod, database, "messages", _id=altered.message_id)[0]["customer_id"]
    with changed(mongod, database, "customers") as customers:
        customers.update_one({"_id": customer_id}, {"$set": {"consents": "?"}})

    await _expire(mongod, database, _AFTER)

    erased = {record.subject_id for record in await desk.records(action="message.erased")}
    assert erased == {altered.message_id, whole.message_id}


async def _forget(desk: Desk, customer_id: str) -> None:
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await desk.tickets.ForgetCustomer(request, metadata=AGENT)


async def test_customer_with_a_ticket_that_cannot_be_read_is_forgotten(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    ticket_id = await desk.new_ticket(text=f"hello, {SECRET}")
    customer_id = (await desk.ticket(ticket_id)).customer_id
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"priority": "LOUD"}})

    await _forget(desk, customer_id)
    await _expire(mongod, database, timedelta(minutes=1))
    left = found_in(dump(mongod, database), SECRET)
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_one({"_id": ticket_id}, {"$set": {"priority": "HIGH"}})
    await _expire(mongod, database, timedelta(hours=1))

    assert not left
    ticket = await desk.ticket(ticket_id)
    assert (state_of(ticket), ticket.HasField("erase_time")) == ("CLOSED", True)
    assert (await desk.actions(ticket_id))[-2:] == ["ticket.closed", "ticket.erased"]
    assert (await desk.customer(customer_id)).HasField("erase_time")
    assert (await error_of(desk.note(ticket_id))).reason in ("TICKET_ERASED", "CUSTOMER_FORGOTTEN")


async def test_customer_of_whom_an_erasure_is_there_already_is_forgotten(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    customer_id = (await desk.ticket(await desk.new_ticket())).customer_id
    with changed(mongod, database, "erasures") as erasures:
        erasures.insert_one({"_id": customer_id, "odd": True})

    await _forget(desk, customer_id)
    await _expire(mongod, database, timedelta(minutes=1))

    assert (await desk.customer(customer_id)).HasField("erase_time")
