"""Copies of tickets, which a database is filled with."""

import random
from datetime import UTC, datetime
from typing import Any

from dev.benchmark.growth.copies import Copier
from dev.benchmark.growth.filling import FIRST_OPEN, customer_of, open_tickets
from dev.benchmark.growth.templates import TICKETS, Template
from servicekit.audit.chain import Keys


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


def test_customers_whose_tickets_go_on_are_counted_without_a_gap() -> None:
    customers = [customer_of(ticket) for ticket in range(1000)]

    continued = sorted(customer for customer in customers if customer >= FIRST_OPEN)
    assert len(set(customers)) == 1000
    assert continued == list(range(FIRST_OPEN, FIRST_OPEN + open_tickets(1000)))
