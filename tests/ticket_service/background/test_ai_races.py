"""While the AI thinks, the world goes on: never two answers to one turn, never an answer over a person's, never a lost
turn."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.background.conftest import TurnsOf, running
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import NOBODY, THE_AI, Desk, agent, details, fresh_address, state_of
from tests.ticket_service.responder_peer import ResponderPeer, draft, hand_off
from ticket_service.background.ai_turns import TurnRules
from ticket_service.mongo.store import MongoStore

LATE = "Yes, in 5 days."


async def _thinking(desk: Desk, responder: ResponderPeer) -> str:
    """The id of a ticket that the AI thinks about now."""
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await responder.next_request()
    return ticket_id


async def _outbound(desk: Desk, ticket_id: str) -> list[str]:
    return [message.text for message in await desk.messages(ticket_id) if message.HasField("delivery")]


async def test_newer_text_is_taken_into_account(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = await _thinking(ai_desk, responder)

    await ai_desk.text("No, to Mexico!")
    await held.answer(draft(LATE))

    request = await responder.next_request()
    assert [m.text for m in request.messages] == ["Do you ship to Canada?", "No, to Mexico!"]
    await held.answer(draft("Not to Mexico."))
    assert await ai_desk.peer.sent_texts(1) == ["Not to Mexico."]
    (dropped,) = await ai_desk.until_recorded("ai.draft_dropped", ticket_id)
    assert details(dropped)["why"] == "newer_text"
    assert details(dropped)["output_tokens"] == "45"
    assert await _outbound(ai_desk, ticket_id) == ["Not to Mexico."]


async def test_hand_off_that_a_newer_text_makes_pointless_is_dropped(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = await _thinking(ai_desk, responder)

    await ai_desk.text("to Canada I mean")
    await held.answer(hand_off("NOT_KNOWN"))

    await responder.next_request()
    await held.answer(draft(LATE))
    assert await ai_desk.peer.sent_texts(1) == [LATE]
    assert (await ai_desk.ticket(ticket_id)).assignee == THE_AI


async def test_only_one_replica_thinks_about_a_ticket(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    desk, _ = await start_desk(**ai_settings), await start_desk(**ai_settings)
    await desk.subscribe(auto_assign=THE_AI)
    held = responder.holds()
    await _thinking(desk, responder)

    await desk.text("and to Mexico?")
    await desk.text("another customer", customer_address=fresh_address())

    # The newer text is due as well, and comes before the other customer's: it waits for who thinks about its ticket.
    assert [m.text for m in (await responder.next_request()).messages] == ["another customer"]
    await held.answer(draft(LATE))
    assert len((await responder.next_request()).messages) == 2


@pytest.mark.parametrize("rival", ["reply", "assign-agent", "assign-nobody", "resolve", "close"])
async def test_person_who_steps_in_wins(ai_desk: Desk, responder: ResponderPeer, rival: str) -> None:
    held = responder.holds()
    ticket_id = await _thinking(ai_desk, responder)

    if rival == "reply":
        await ai_desk.reply(ticket_id, "Dana here.")
    elif rival.startswith("assign"):
        assignee = NOBODY if rival == "assign-nobody" else agent("dana")
        await ai_desk.change("AssignTicket", ticket_id, assignee=assignee)
    else:
        await ai_desk.change("ResolveTicket" if rival == "resolve" else "CloseTicket", ticket_id)
    before = await ai_desk.ticket(ticket_id)
    await held.answer(draft(LATE))

    (dropped,) = await ai_desk.until_recorded("ai.draft_dropped", ticket_id)
    assert details(dropped)["why"] == ("not_open" if rival in ("resolve", "close") else "taken_over")
    assert await _outbound(ai_desk, ticket_id) == (["Dana here."] if rival == "reply" else [])
    after = await ai_desk.ticket(ticket_id)
    assert (after.state, after.assignee) == (before.state, before.assignee)


async def test_ticket_that_came_back_meanwhile_is_thought_about_again(ai_desk: Desk, responder: ResponderPeer) -> None:
    held = responder.holds()
    ticket_id = await _thinking(ai_desk, responder)

    await ai_desk.reply(ticket_id, "Dana here: where to exactly?")
    await ai_desk.text("Toronto")
    await ai_desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await held.answer(draft(LATE))

    request = await responder.next_request()
    assert [m.text for m in request.messages][-2:] == ["Dana here: where to exactly?", "Toronto"]
    await held.answer(draft("To Toronto in 5 days."))
    await ai_desk.until_recorded("ai.answered", ticket_id)
    assert await _outbound(ai_desk, ticket_id) == ["Dana here: where to exactly?", "To Toronto in 5 days."]


async def test_replica_that_thinks_for_longer_than_its_lease_does_not_answer_again(
    desk: Desk, responder: ResponderPeer, turns_of: TurnsOf
) -> None:
    lease = timedelta(seconds=0.05)
    rules = TurnRules(lease, give_up_after=lease, poll_seconds=0.02, concurrency=1)
    await desk.subscribe()
    held = responder.holds()
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await desk.change("AssignTicket", ticket_id, assignee=THE_AI)

    async with running(*(turns_of(rules, lambda: False) for _ in range(2))):
        await responder.next_request()
        await responder.next_request()
        await held.answer(draft("the first"))
        await held.answer(draft("the second"))

        await desk.until_recorded("ai.answered", ticket_id)
        await desk.until_recorded("ai.draft_dropped", ticket_id)
    assert len(await _outbound(desk, ticket_id)) == 1


async def test_two_replicas_answer_each_turn_once(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    first, second = await start_desk(**ai_settings), await start_desk(**ai_settings)
    await first.subscribe(auto_assign=THE_AI)

    customers = [fresh_address() for _ in range(30)]
    outcomes = await asyncio.gather(*(first.text("question", customer_address=customer) for customer in customers))

    tickets = [outcome.stored.ticket_id for outcome in outcomes]
    for ticket_id in tickets:
        await second.until_recorded("ai.answered", ticket_id)
    assert [len(await _outbound(first, ticket_id)) for ticket_id in tickets] == [1] * 30
    assert {state_of(await first.ticket(ticket_id)) for ticket_id in tickets} == {"PENDING"}


async def test_turn_of_a_replica_that_drains_is_taken_up_at_once(
    start_desk: StartDesk, ai_settings: dict[str, Any], responder: ResponderPeer
) -> None:
    leaving = asyncio.Event()
    desk = await start_desk(leaving, **ai_settings)
    await desk.subscribe(auto_assign=THE_AI)
    held = responder.holds()
    ticket_id = await _thinking(desk, responder)
    staying = await start_desk(**ai_settings)

    leaving.set()

    await responder.next_request()
    await held.answer(draft(LATE))
    await staying.until_recorded("ai.answered", ticket_id)
    assert await _outbound(staying, ticket_id) == [LATE]


async def test_replica_that_drains_leaves_the_customer_the_pause(
    start_desk: StartDesk, responder: ResponderPeer, turns_of: TurnsOf, mongod: Mongod, database: str
) -> None:
    rules = TurnRules(timedelta(minutes=1), timedelta(minutes=1), poll_seconds=0.02, concurrency=1)
    desk = await start_desk(at_rest=True, ai_pause_seconds=60)
    await desk.subscribe()
    responder.holds()
    ticket_id = (await desk.text("Do you ship to Canada?")).stored.ticket_id
    await desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    async with running(turns_of(rules, lambda: False)):
        await responder.next_request()
        await desk.text("or rather")

    store = MongoStore(mongod.uri, database, AUDIT_KEYS)
    now = utc_now()
    assert await store.ai_turns.claim_turn(now, now) is None
    store.close()
