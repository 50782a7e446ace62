"""What closed tickets hold is erased after their workspace's retention time; so are customers who have nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pymongo
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import customer_import_pb2 as pb
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2, workspace_service_pb2
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    ORGANIZATION,
    WORKSPACE,
    Desk,
    error_of,
    fresh_address,
    inbound,
    state_of,
)
from tests.ticket_service.raw_documents import dump, found_in
from ticket_service.background import idle_customers
from ticket_service.background.eraser import Eraser
from ticket_service.background.idle_customers import IdleCustomers
from ticket_service.background.retention import Retention
from ticket_service.domain import forgetting
from ticket_service.domain.customer import Customer
from ticket_service.domain.forgetting import Forgetting
from ticket_service.domain.message import DeliveryUpdate, Message
from ticket_service.domain.ticket import Ticket
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.deliveries import Deliveries
from ticket_service.use_cases.outgoing.scheduled_messages import ScheduledMessages

# One word, since texts are searched by their words.
SECRET = "mybloodtypeiszero"
YEAR = timedelta(days=365)


class NoSms:
    """A sms_service that keeps nothing of texts, and is asked for no replies here."""

    async def erase(self, messages: Sequence[Message]) -> list[DeliveryUpdate]:
        return []


async def _expire(mongod: Mongod, database: str, passed: timedelta) -> None:
    """What a replica does once `passed` has gone by since now."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))

    def clock() -> datetime:
        return datetime.now(UTC) + passed

    scheduled = ScheduledMessages(store.scheduled_messages, store.tickets, clock, lambda: None)
    eraser = Eraser(store.erasures, NoSms(), Deliveries(store.tickets, clock), scheduled, clock, 3600)
    while await Retention(store.erasures, store.workspaces, eraser, clock, 3600).expire_due():
        pass
    await IdleCustomers(store.idle_customers, store.workspaces, eraser, clock).forget_due()
    while await eraser.erase_due():
        pass
    store.close()


@pytest.fixture
async def desk(start_desk: StartDesk) -> Desk:
    """A replica that does not look for itself."""
    desk = await start_desk(erasure_poll_seconds=3600, retention_poll_seconds=3600)
    await desk.subscribe()
    return desk


async def _retain(desk: Desk, time: timedelta) -> workspace_service_pb2.Workspace:
    request = workspace_service_pb2.UpdateWorkspaceRequest(
        organization_id=ORGANIZATION,
        workspace=workspace_service_pb2.Workspace(
            workspace_id=WORKSPACE, retain_for=Duration(seconds=int(time.total_seconds()))
        ),
        update_mask=FieldMask(paths=["retain_for"]),
    )
    return (await desk.workspaces.UpdateWorkspace(request, metadata=AGENT)).workspace


async def _closed(desk: Desk, address: str = CUSTOMER) -> str:
    ticket_id = (await desk.text(f"hello, {SECRET}", customer_address=address, city="SEATTLE")).stored.ticket_id
    await desk.note(ticket_id, f"says {SECRET}")
    await desk.change("CloseTicket", ticket_id)
    return ticket_id


@pytest.mark.parametrize(
    ("retain", "passed", "erased"),
    [
        pytest.param(timedelta(0), timedelta(days=4000), False, id="0 is for ever"),
        pytest.param(YEAR, timedelta(days=364), False, id="a year: not before"),
        pytest.param(YEAR, timedelta(days=366), True, id="a year: after"),
    ],
)
async def test_closed_ticket(
    desk: Desk, mongod: Mongod, database: str, retain: timedelta, passed: timedelta, erased: bool
) -> None:
    await _retain(desk, retain)
    ticket_id = await _closed(desk)

    await _expire(mongod, database, passed)

    ticket = await desk.ticket(ticket_id)
    assert ticket.HasField("erase_time") == erased
    assert (not found_in(dump(mongod, database), SECRET)) == erased
    assert ((await desk.actions(ticket_id))[-1] == "ticket.erased") == erased
    if erased:
        last = (await desk.records(ticket_id=ticket_id))[-1]
        assert dict(last.details) == {"messages": "2", "why": "retention"}
        assert (await error_of(desk.note(ticket_id))).reason in ("TICKET_ERASED", "CUSTOMER_FORGOTTEN")


@pytest.mark.parametrize("state", ["OPEN", "PENDING", "RESOLVED"])
async def test_ticket_that_is_not_closed_stays(desk: Desk, mongod: Mongod, database: str, state: str) -> None:
    await _retain(desk, YEAR)
    ticket_id = await desk.new_ticket(state, text=f"hello, {SECRET}")

    await _expire(mongod, database, timedelta(days=1000))

    assert state_of(await desk.ticket(ticket_id)) == state
    assert found_in(dump(mongod, database), SECRET)


async def test_customer_who_has_nothing_else_is_forgotten(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    ticket_id = await _closed(desk)

    await _expire(mongod, database, timedelta(days=366))

    assert not found_in(dump(mongod, database), SECRET, CUSTOMER, "SEATTLE", "Seattle")
    customer = await desk.customer((await desk.ticket(ticket_id)).customer_id)
    assert customer.HasField("erase_time")
    actions = [r for r in await desk.records() if r.subject_id == customer.customer_id]
    assert [(r.action, r.actor.id) for r in actions[1:]] == [
        ("customer.forgotten", "retention"),
        ("customer.erased", "eraser"),
    ]


async def test_customer_with_a_younger_ticket_keeps_the_name(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    old = await _closed(desk)
    young = (await desk.text("still here", customer_address=CUSTOMER)).stored.ticket_id

    await _expire(mongod, database, timedelta(days=366))

    customer = await desk.customer((await desk.ticket(old)).customer_id)
    assert (await desk.ticket(old)).HasField("erase_time")
    assert (await error_of(desk.note(old))).reason == "TICKET_ERASED"
    assert not (await desk.ticket(young)).HasField("erase_time")
    assert (customer.address, customer.city, customer.HasField("forget_time")) == (CUSTOMER, "SEATTLE", False)


async def test_text_without_a_ticket_goes_by_its_age(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    stored = (await desk.text(" sToP ", customer_address=CUSTOMER)).stored
    assert not stored.ticket_id

    await _expire(mongod, database, timedelta(days=364))
    kept = found_in(dump(mongod, database), "sToP")
    await _expire(mongod, database, timedelta(days=366))

    assert kept
    assert not found_in(dump(mongod, database), "sToP", CUSTOMER)
    assert [r.subject_id for r in await desk.records(action="message.erased")] == [stored.message_id]


async def _imported(desk: Desk, *addresses: str) -> list[str]:
    """The ids of customers who come from a list, and never texted."""
    rows = [pb.CustomerRow(address=address, display_name=f"Imported {SECRET}") for address in addresses]
    request = pb.ImportCustomersRequest(workspace_id=WORKSPACE, rows=rows)
    return [row.customer_id for row in (await desk.tickets.ImportCustomers(request, metadata=AGENT)).outcomes]


@pytest.mark.parametrize(
    ("passed", "forgotten"), [pytest.param(364, False, id="a year: not before"), pytest.param(366, True, id="after")]
)
async def test_customer_of_a_list_who_never_texted(
    desk: Desk, mongod: Mongod, database: str, passed: int, forgotten: bool
) -> None:
    await _retain(desk, YEAR)
    (customer_id,) = await _imported(desk, CUSTOMER)

    await _expire(mongod, database, timedelta(days=passed))

    assert (await desk.customer(customer_id)).HasField("erase_time") == forgotten
    assert (not found_in(dump(mongod, database), SECRET, CUSTOMER)) == forgotten
    actions = [(r.action, r.actor.id) for r in await desk.records() if r.subject_id == customer_id]
    assert actions[1:] == ([("customer.forgotten", "retention"), ("customer.erased", "eraser")] if forgotten else [])


async def test_customer_of_a_list_is_kept_for_what_there_is_besides(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    texts, said_stop, noted = await _imported(desk, *(addresses := [fresh_address() for _ in range(3)]))
    await desk.text("hello", customer_address=addresses[0])
    await desk.text("STOP", customer_address=addresses[1])
    note = customer_note_pb2.AddCustomerNoteRequest(workspace_id=WORKSPACE, customer_id=noted, text="will call")
    await desk.tickets.AddCustomerNote(note, metadata=AGENT)
    long_ago = {"update_time": datetime.now(UTC) - 2 * YEAR}
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        client[database]["customers"].update_many({}, {"$set": long_ago})

    await _expire(mongod, database, timedelta(days=300))

    for customer_id in (texts, said_stop, noted):
        assert not (await desk.customer(customer_id)).HasField("forget_time")


async def test_who_is_not_to_be_texted_or_still_on_a_list_is_kept(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    no_texts, blocked, listed, idle = await _imported(desk, *(addresses := [fresh_address() for _ in range(4)]))
    wish = ticket_service_pb2.SetConsentRequest(
        workspace_id=WORKSPACE, customer_id=no_texts, no_texts=True, reason="asked us"
    )
    await desk.tickets.SetConsent(wish, metadata=AGENT)
    block = ticket_service_pb2.BlockCustomerRequest(workspace_id=WORKSPACE, customer_id=blocked, reason="threats")
    await desk.tickets.BlockCustomer(block, metadata=AGENT)
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        client[database]["customers"].update_many({}, {"$set": {"update_time": datetime.now(UTC) - 2 * YEAR}})
    assert await _imported(desk, addresses[2]) == [listed]

    await _expire(mongod, database, timedelta(days=300))

    forgotten = [(await desk.customer(c)).HasField("forget_time") for c in (no_texts, blocked, listed, idle)]
    assert forgotten == [False, False, False, True]


async def test_a_retention_time_that_is_taken_back_forgets_nobody_else(
    desk: Desk, mongod: Mongod, database: str
) -> None:
    await _retain(desk, YEAR)
    first, second = await _imported(desk, fresh_address(), fresh_address())
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))
    later = datetime.now(UTC) + 2 * YEAR

    def forget(customer: Customer, unclosed: Sequence[Ticket]) -> Forgetting:
        return forgetting.forget(customer, unclosed, forgetting.RETENTION, later)

    await store.idle_customers.forget_idle(first, later, forget)
    await _retain(desk, timedelta(0))
    await store.idle_customers.forget_idle(second, later, forget)
    store.close()

    assert [(await desk.customer(c)).HasField("forget_time") for c in (first, second)] == [True, False]


async def test_a_replica_looks_for_such_customers_by_itself(
    desk: Desk, start_desk: StartDesk, mongod: Mongod, database: str
) -> None:
    await _retain(desk, YEAR)
    (customer_id,) = await _imported(desk, CUSTOMER)
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        client[database]["customers"].update_one({}, {"$set": {"update_time": datetime.now(UTC) - 2 * YEAR}})

    another = await start_desk()

    async with asyncio.timeout(90):
        while True:
            if (await another.customer(customer_id)).HasField("erase_time"):
                break
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "poison",
    [{"update_time": "?"}, {"create_time": None}, {"location": 7}, {"consents": "?"}, {"forget_time": "?"}],
    ids=lambda poison: next(iter(poison)),
)
async def test_customer_whom_nobody_can_read_keeps_no_other(
    desk: Desk, mongod: Mongod, database: str, poison: dict[str, Any]
) -> None:
    await _retain(desk, YEAR)
    ids = await _imported(desk, *(fresh_address() for _ in range(3)))
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        client[database]["customers"].update_one({"_id": ids[1]}, {"$set": poison})

    await _expire(mongod, database, timedelta(days=366))

    for customer_id in (ids[0], ids[2]):
        assert (await desk.customer(customer_id)).HasField("erase_time")


async def test_customers_are_gone_through_in_pages(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    ids = await _imported(desk, *(fresh_address() for _ in range(5)))
    store = MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri))
    later = datetime.now(UTC) + YEAR

    first, after = await store.idle_customers.idle_customers(WORKSPACE, later, None, 3)
    others, end = await store.idle_customers.idle_customers(WORKSPACE, later, after, 3)
    younger = await store.idle_customers.idle_customers(WORKSPACE, later - 2 * YEAR, None, 3)
    store.close()

    assert (len(first), sorted([*first, *others]), end) == (3, sorted(ids), None)
    assert younger == ([], None)


async def test_all_pages_of_customers_are_gone_through(
    desk: Desk, mongod: Mongod, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle_customers, "_PAGE", 2)
    await _retain(desk, YEAR)
    ids = [*await _imported(desk, *(fresh_address() for _ in range(3)))]
    ids += await _imported(desk, *(fresh_address() for _ in range(2)))

    await _expire(mongod, database, timedelta(days=366))

    assert [(await desk.customer(customer_id)).HasField("erase_time") for customer_id in ids] == [True] * 5


async def test_two_replicas_at_once_erase_once(desk: Desk, mongod: Mongod, database: str) -> None:
    await _retain(desk, YEAR)
    tickets = [await _closed(desk, fresh_address()) for _ in range(5)]
    texts = await desk.texts(*(inbound("STOP", customer_address=fresh_address()) for _ in range(5)))
    await _imported(desk, *(fresh_address() for _ in range(5)))

    await asyncio.gather(*(_expire(mongod, database, timedelta(days=366)) for _ in range(2)))

    for ticket_id in tickets:
        assert (await desk.actions(ticket_id)).count("ticket.erased") == 1
    erased = [r.subject_id for r in await desk.records(action="message.erased")]
    assert sorted(erased) == sorted(text.stored.message_id for text in texts)
    assert len(await desk.records(action="customer.erased")) == 15


async def test_retention_time_is_kept_and_recorded(desk: Desk) -> None:
    changed = await _retain(desk, YEAR)

    assert changed.retain_for.seconds == YEAR.total_seconds()
    (record,) = await desk.records(action="workspace.updated")
    assert dict(record.details)["retain_seconds"] == str(int(YEAR.total_seconds()))


async def test_new_workspace_has_the_retention_time_that_was_asked_for(desk: Desk) -> None:
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=ORGANIZATION, display_name="Sales", retain_for=Duration(seconds=3600), request_id="r-1"
    )

    made = (await desk.workspaces.CreateWorkspace(request)).workspace
    again = (await desk.workspaces.CreateWorkspace(request)).workspace
    request.retain_for.seconds = 7200

    assert made.retain_for.seconds == 3600
    assert again == made
    assert (await error_of(desk.workspaces.CreateWorkspace(request))).reason == "REQUEST_ID_REUSED"


async def test_negative_retention_time_is_refused(desk: Desk) -> None:
    error = await error_of(_retain(desk, timedelta(seconds=-1)))

    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "retain_for")
