"""Tickets that are filled in are as good as those that Keva has made."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest_asyncio

from dev.benchmark.growth.copies import Copier
from dev.benchmark.growth.filling import FIRST_CUSTOMER, Filler
from dev.benchmark.growth.questions import Questions
from dev.benchmark.growth.templates import TICKETS, Template, make_templates
from dev.benchmark.keva import Keva, Place
from dev.benchmark.load.texts import customer_address
from dev.local_stack.accounts import ORGANIZATION
from dev.local_stack.forking import ForkServer
from keva.ticket.v1 import audit_service_pb2, ticket_service_pb2
from servicekit.audit.chain import Keys
from servicekit.audit.key_files import load_keys

_SIZE = 40


@pytest_asyncio.fixture
async def keva(tmp_path: Path, forks: ForkServer) -> AsyncIterator[Keva]:
    async with Keva.started(Place(tmp_path, forks.start)) as keva:
        yield keva


async def test_keva_goes_on_with_tickets_that_were_filled_in(keva: Keva) -> None:
    stack = keva.running.stack
    keys = load_keys(stack.state.audit_keys, stack.state.active_audit_key_id(), "", "")
    templates = await make_templates(keva.desk, stack.mongodb_uri)
    reached: list[int] = []

    numbers = Filler(stack.mongodb_uri, templates, keys).fill(_SIZE, reached.append)

    assert (len(numbers), reached) == (_SIZE, [_SIZE])
    states = {ticket.customer_address: ticket.state for ticket in await keva.desk.tickets()}
    closed, opened, answered = (
        next(address for i in range(_SIZE) if states[address := customer_address(FIRST_CUSTOMER + i)] == state)
        for state in (
            ticket_service_pb2.TICKET_STATE_CLOSED,
            ticket_service_pb2.TICKET_STATE_OPEN,
            ticket_service_pb2.TICKET_STATE_PENDING,
        )
    )
    for customer, count in ((closed, 2), (opened, 1), (answered, 1)):
        assert (await keva.desk.text("and now?", customer)).acknowledged
        assert len(await keva.desk.tickets(customer)) == count
    assert (await keva.desk.ticket(answered)).state == ticket_service_pb2.TICKET_STATE_OPEN
    await keva.desk.until_delivery(await keva.desk.reply(await keva.desk.ticket(opened), "hi"))
    chains = audit_service_pb2.VerifyAuditTrailRequest(organization_id=ORGANIZATION)
    assert list((await keva.running.clients.audit.VerifyAuditTrail(chains)).breaks) == []
    answers = await Questions(keva.desk, numbers).ask(1)
    assert [name for name, answer in answers.items() if answer.failed or not answer.found] == []


def _document(kind: str, **fields: Any) -> dict[str, Any]:
    return {"_id": f"{kind}_01J00000000000000000000000", **fields}


def test_copy_shares_nothing_but_its_owner() -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    ticket = _document("tkt", organization_id="default", customer_address="+15551230001", create_time=begun)
    record = {"organization_id": "default", "workspace_id": "default", "ticket_id": ticket["_id"], "sequence": 1}
    what = {"action": "ticket.created", "subject_id": ticket["_id"], "details": {"channel_id": "chn_1"}}
    actor = {"actor": {"kind": "customer", "id": "cus_1"}, "time": begun}
    documents = {
        (TICKETS, "tickets"): [ticket],
        (TICKETS, "audit_records"): [_document("aud", **record, **what, **actor)],
    }
    template = Template(ticket["_id"], "+15551230001", documents)
    later = datetime(2026, 2, 1, tzinfo=UTC)

    copied = Copier(template, Keys({"k": b"k" * 32}, "k"), random.Random(1)).copy(7, "+15551230002", later)

    ((copy,), (signed,)) = copied.values()
    assert (copy["organization_id"], copy["customer_address"], copy["number"]) == ("default", "+15551230002", 7)
    assert copy["create_time"] == signed["time"] == later
    assert copy["_id"] == signed["ticket_id"] == signed["subject_id"] != ticket["_id"]
    assert signed["details"] == {"channel_id": "chn_1"}
    assert copy["audit_head"].startswith(f"1 {signed['mac']} k ")
