"""The contract of ports/ai_turns.py."""

from datetime import timedelta

from servicekit.clock import utc_now
from tests.ticket_service.mongo.conftest import DANA, NOW, NewTicket
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.audit import AuditEntry
from ticket_service.domain.ticket import THE_AI, Ticket
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.mongo.store import MongoStore

SECOND = timedelta(seconds=1)
LEASE = timedelta(seconds=30)
_DUE = TurnStart(NOW, NOW + 20 * SECOND)


async def _another_text(store: MongoStore, ticket: Ticket, start: TurnStart) -> None:
    def decide(context: TicketContext) -> TicketWrite:
        entry = AuditEntry("message.received", ticket.ticket_id, DANA, NOW)
        return TicketWrite(context.ticket, (entry,), ai_turn=start)

    await store.tickets.change_ticket("default", ticket.ticket_id, decide)


async def test_the_turn_that_waits_the_longest_is_claimed_first(store: MongoStore, new_ticket: NewTicket) -> None:
    later = await new_ticket(TurnStart(NOW - SECOND, NOW))
    first = await new_ticket(TurnStart(NOW - 2 * SECOND, NOW))

    claimed = [await store.ai_turns.claim_turn(NOW, NOW + LEASE) for _ in range(3)]

    assert [turn and turn.ticket_id for turn in claimed] == [first.ticket_id, later.ticket_id, None]


async def test_a_turn_is_nobody_elses_until_its_lease_is_over(store: MongoStore, new_ticket: NewTicket) -> None:
    await new_ticket(_DUE)
    first = await store.ai_turns.claim_turn(NOW, NOW + LEASE)

    assert await store.ai_turns.claim_turn(NOW + LEASE - SECOND, NOW + 2 * LEASE) is None
    again = await store.ai_turns.claim_turn(NOW + LEASE, NOW + 2 * LEASE)

    assert first is not None
    assert again is not None
    assert (again.ticket_id, again.version) == (first.ticket_id, first.version)
    assert again.lease_id != first.lease_id


async def test_times_of_a_clock_that_was_days_ahead_stop_no_turn(store: MongoStore, new_ticket: NewTicket) -> None:
    now, ahead = utc_now(), utc_now() + timedelta(days=3)
    ticket = await new_ticket(TurnStart(ahead, ahead))
    dead = await store.ai_turns.claim_turn(ahead, ahead + LEASE)

    turn = await store.ai_turns.claim_turn(now, now + LEASE)

    assert turn
    assert dead
    assert (turn.ticket_id, dead.ticket_id) == (ticket.ticket_id, ticket.ticket_id)
    assert await store.ai_turns.claim_turn(now, now + LEASE) is None


async def test_further_texts_delay_a_turn_but_not_beyond_its_latest_time(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket(_DUE)
    await _another_text(store, ticket, TurnStart(NOW + 25 * SECOND, NOW + 45 * SECOND))

    assert await store.ai_turns.claim_turn(NOW + 19 * SECOND, NOW + LEASE) is None
    assert await store.ai_turns.claim_turn(NOW + 20 * SECOND, NOW + LEASE) is not None


async def test_a_turn_that_is_given_back_is_due_again_and_remembers_its_failing(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    await new_ticket(_DUE)
    turn = await store.ai_turns.claim_turn(NOW, NOW + LEASE)
    assert turn is not None

    await store.ai_turns.release_turn(turn, NOW + 2 * SECOND, NOW + LEASE, NOW)

    assert await store.ai_turns.claim_turn(NOW + SECOND, NOW + LEASE) is None
    again = await store.ai_turns.claim_turn(NOW + 2 * SECOND, NOW + LEASE)
    assert again is not None
    assert (again.version, again.failing_since) == (turn.version, NOW)


async def test_a_newer_version_keeps_its_own_time_when_the_turn_is_given_back(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket(_DUE)
    turn = await store.ai_turns.claim_turn(NOW, NOW + LEASE)
    assert turn is not None
    await _another_text(store, ticket, TurnStart(NOW + 5 * SECOND, NOW + LEASE))

    await store.ai_turns.release_turn(turn, NOW, NOW + LEASE, None)

    assert await store.ai_turns.claim_turn(NOW + 4 * SECOND, NOW + LEASE) is None
    newer = await store.ai_turns.claim_turn(NOW + 5 * SECOND, NOW + LEASE)
    assert newer is not None
    assert newer.version != turn.version


async def test_giving_back_a_turn_whose_lease_has_gone_to_somebody_else_does_nothing(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    await new_ticket(_DUE)
    lost = await store.ai_turns.claim_turn(NOW, NOW + SECOND)
    assert lost is not None
    await store.ai_turns.claim_turn(NOW + SECOND, NOW + LEASE)

    await store.ai_turns.release_turn(lost, NOW, NOW, None)

    assert await store.ai_turns.claim_turn(NOW + 2 * SECOND, NOW + LEASE) is None


async def test_a_finished_turn_is_gone_and_a_newer_version_of_it_is_not(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    ticket = await new_ticket(_DUE)
    turn = await store.ai_turns.claim_turn(NOW, NOW + SECOND)
    assert turn is not None
    await _another_text(store, ticket, _DUE)

    await store.ai_turns.finish_turn(turn)

    newer = await store.ai_turns.claim_turn(NOW + SECOND, NOW + LEASE)
    assert newer is not None

    await store.ai_turns.finish_turn(newer)

    assert await store.ai_turns.claim_turn(NOW + LEASE, NOW + 2 * LEASE) is None


async def test_tickets_that_wait_for_the_ai_without_a_turn_get_one_once(
    store: MongoStore, new_ticket: NewTicket
) -> None:
    old = await new_ticket(assignee=THE_AI)
    await new_ticket()
    untouched_since = NOW + SECOND

    assert await store.ai_turns.adopt_tickets(NOW, NOW) == 0
    assert await store.ai_turns.adopt_tickets(untouched_since, NOW) == 1
    assert await store.ai_turns.adopt_tickets(untouched_since, NOW) == 0

    turn = await store.ai_turns.claim_turn(NOW, NOW + LEASE)
    assert turn is not None
    assert turn.ticket_id == old.ticket_id


async def test_a_greeting_is_due_again_when_it_was_waited_for(store: MongoStore, new_ticket: NewTicket) -> None:
    await new_ticket(_DUE)
    turn = await store.ai_turns.claim_turn(NOW, NOW + LEASE)
    assert turn is not None
    assert not turn.greeting_waited

    await store.ai_turns.release_turn(turn, NOW + 4 * LEASE, NOW, None, greeted=True)

    assert await store.ai_turns.claim_turn(NOW + 3 * LEASE, NOW + 5 * LEASE) is None
    again = await store.ai_turns.claim_turn(NOW + 4 * LEASE, NOW + 5 * LEASE)
    assert again is not None
    assert again.greeting_waited


async def test_a_text_after_a_greeting_is_due_as_any_other(store: MongoStore, new_ticket: NewTicket) -> None:
    ticket = await new_ticket(_DUE)
    turn = await store.ai_turns.claim_turn(NOW, NOW + LEASE)
    assert turn is not None
    await store.ai_turns.release_turn(turn, NOW + 4 * LEASE, NOW, None, greeted=True)

    await _another_text(store, ticket, TurnStart(NOW + 90 * SECOND, NOW + 20 * SECOND))

    assert await store.ai_turns.claim_turn(NOW + 19 * SECOND, NOW + LEASE) is None
    question = await store.ai_turns.claim_turn(NOW + 20 * SECOND, NOW + LEASE)
    assert question is not None
    assert not question.greeting_waited
