"""Where customers and people wait too long as it is, the AI thinks about one ticket at a time."""

import asyncio
from datetime import timedelta

from servicekit.clock import utc_now
from tests.mongo_clients import mongo_client
from tests.ticket_service.background.conftest import TurnsOf, running
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import THE_AI, Desk, fresh_address
from tests.ticket_service.responder_peer import ResponderPeer, draft
from ticket_service.background.ai_turns import TurnRules


def _claimed(desk: Desk) -> int:
    uri, database = desk.database
    with mongo_client(uri) as client:
        return int(client[database].ai_turns.count_documents({"lease_until": {"$gt": utc_now()}}))


async def test_one_turn_at_a_time_is_thought_about_while_customers_and_people_wait_too_long(
    start_desk: StartDesk, responder: ResponderPeer, turns_of: TurnsOf
) -> None:
    desk = await start_desk(at_rest=True)
    rules = TurnRules(timedelta(minutes=1), timedelta(minutes=1), poll_seconds=0.02, concurrency=8)
    is_slow, looked = True, asyncio.Semaphore(0)

    def gives_way() -> bool:
        looked.release()
        return is_slow

    await desk.subscribe()
    held = responder.holds()
    for customer in range(4):
        ticket_id = (await desk.text(f"question {customer}", customer_address=fresh_address())).stored.ticket_id
        await desk.change("AssignTicket", ticket_id, assignee=THE_AI)

    async with running(turns_of(rules, gives_way)):
        await responder.next_request()
        for _ in range(3):
            async with asyncio.timeout(90):
                await looked.acquire()
        claimed = _claimed(desk)
        await held.answer(draft("the first"))
        await responder.next_request()
        is_slow = False
        asked = [await responder.next_request() for _ in range(2)]

    assert claimed == 1
    assert len(asked) == 2
