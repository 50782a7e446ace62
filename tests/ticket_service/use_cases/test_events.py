"""Who follows events sees every audit record, in order per ticket, and nobody else's."""

import asyncio

from tests.ticket_service.desk import Desk
from tests.ticket_service.events import all_listed, in_order, watching


async def test_a_watcher_sees_what_happens(desk: Desk) -> None:
    async with watching(desk.events) as watch:
        await desk.subscribe()
        ticket_id = await desk.new_ticket()
        await desk.reply(ticket_id)
        events = await watch.take(7)

    records = await desk.records()
    assert {e.event_id for e in events} <= {r.audit_record_id for r in records}
    assert in_order(events)
    print([ (e.type, e.sequence) for e in events])
