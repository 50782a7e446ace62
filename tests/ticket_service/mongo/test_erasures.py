"""The lease of ports/erasures.py."""

from datetime import timedelta

from servicekit.clock import utc_now
from tests.ticket_service.mongo.conftest import DANA, NewTicket
from ticket_service.domain import forgetting
from ticket_service.mongo.store import MongoStore

_LEASE = timedelta(minutes=1)


async def test_times_of_a_clock_that_was_days_ahead_stop_no_erasure(store: MongoStore, new_ticket: NewTicket) -> None:
    now, ahead = utc_now(), utc_now() + timedelta(days=3)
    ticket = await new_ticket()
    await store.erasures.forget(
        "default", ticket.customer_id, lambda customer, unclosed: forgetting.forget(customer, unclosed, DANA, ahead)
    )

    claimed = [await store.erasures.claim_erasure(time, time + _LEASE) for time in (ahead, now, now)]

    assert [erasure and erasure.customer_id for erasure in claimed] == [ticket.customer_id, ticket.customer_id, None]
