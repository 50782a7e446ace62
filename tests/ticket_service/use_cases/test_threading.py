"""What a text does, for both create-ticket-on settings and every state that the thread's ticket can be in."""

from datetime import UTC, datetime, timedelta

import pytest

from keva.ticket.v1 import message_pb2, ticket_service_pb2
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of, inbound, state_of

JOINS, REOPENS, NEW, NOTHING = "joins", "reopens", "new ticket", "no ticket"
ORDINARY, KEYWORD = "still broken", "STOP"


@pytest.mark.parametrize(
    ("create_ticket_on", "state", "text", "outcome", "state_after"),
    [
        pytest.param("NEW_THREAD", None, ORDINARY, NEW, "OPEN", id="new thread: first text"),
        pytest.param("NEW_THREAD", "OPEN", ORDINARY, JOINS, "OPEN", id="new thread: OPEN"),
        pytest.param("NEW_THREAD", "PENDING", ORDINARY, JOINS, "OPEN", id="new thread: PENDING"),
        pytest.param("NEW_THREAD", "RESOLVED", ORDINARY, REOPENS, "OPEN", id="new thread: RESOLVED"),
        pytest.param("NEW_THREAD", "CLOSED", ORDINARY, NEW, "CLOSED", id="new thread: CLOSED"),
        pytest.param("NEW_THREAD", None, KEYWORD, NOTHING, None, id="new thread: first text is a keyword"),
        pytest.param("NEW_THREAD", "OPEN", KEYWORD, JOINS, "OPEN", id="new thread: keyword on OPEN"),
        pytest.param("NEW_THREAD", "PENDING", KEYWORD, JOINS, "PENDING", id="new thread: keyword on PENDING"),
        pytest.param("NEW_THREAD", "RESOLVED", KEYWORD, JOINS, "RESOLVED", id="new thread: keyword on RESOLVED"),
        pytest.param("NEW_THREAD", "CLOSED", KEYWORD, NOTHING, "CLOSED", id="new thread: keyword after CLOSED"),
        pytest.param("ANY_MESSAGE", None, ORDINARY, NEW, "OPEN", id="any message: first text"),
        pytest.param("ANY_MESSAGE", "OPEN", ORDINARY, JOINS, "OPEN", id="any message: OPEN"),
        pytest.param("ANY_MESSAGE", "PENDING", ORDINARY, JOINS, "OPEN", id="any message: PENDING"),
        pytest.param("ANY_MESSAGE", "RESOLVED", ORDINARY, NEW, "RESOLVED", id="any message: RESOLVED"),
        pytest.param("ANY_MESSAGE", "CLOSED", ORDINARY, NEW, "CLOSED", id="any message: CLOSED"),
        pytest.param("ANY_MESSAGE", None, KEYWORD, NEW, "OPEN", id="any message: first text is a keyword"),
        pytest.param("ANY_MESSAGE", "OPEN", KEYWORD, JOINS, "OPEN", id="any message: keyword on OPEN"),
        pytest.param("ANY_MESSAGE", "PENDING", KEYWORD, JOINS, "OPEN", id="any message: keyword on PENDING"),
        pytest.param("ANY_MESSAGE", "RESOLVED", KEYWORD, NEW, "RESOLVED", id="any message: keyword on RESOLVED"),
        pytest.param("ANY_MESSAGE", "CLOSED", KEYWORD, NEW, "CLOSED", id="any message: keyword after CLOSED"),
    ],
)
async def test_text_in_state(
    desk: Desk, create_ticket_on: str, state: str | None, text: str, outcome: str, state_after: str | None
) -> None:
    await desk.subscribe(create_ticket_on)
    first = ""
    if state is not None:
        first = (await desk.text("my order is broken")).stored.ticket_id
        await desk.move(first, state)

    stored = (await desk.text(text)).stored

    assert stored.ticket_created == (outcome == NEW)
    if outcome == NOTHING:
        assert not stored.ticket_id
    elif outcome == NEW:
        assert stored.ticket_id != first
        assert state_of(await desk.ticket(stored.ticket_id)) == "OPEN"
    else:
        assert stored.ticket_id == first
    if first:
        assert state_of(await desk.ticket(first)) == state_after
    on_its_ticket = await desk.messages(stored.ticket_id) if stored.ticket_id else []
    assert (text in [m.text for m in on_its_ticket]) == (outcome != NOTHING)


async def test_resolved_ticket_cannot_be_reopened_once_another_is_live(desk: Desk) -> None:
    await desk.subscribe("ANY_MESSAGE")
    old = (await desk.text("first")).stored.ticket_id
    await desk.move(old, "RESOLVED")
    new = (await desk.text("second")).stored.ticket_id
    reopen = ticket_service_pb2.ReopenTicketRequest(workspace_id=WORKSPACE, ticket_id=old)

    error = await error_of(desk.tickets.ReopenTicket(reopen, metadata=AGENT))
    assert (error.reason, error.metadata["live_ticket_id"]) == ("THREAD_HAS_LIVE_TICKET", new)

    await desk.move(new, "CLOSED")
    assert state_of((await desk.tickets.ReopenTicket(reopen, metadata=AGENT)).ticket) == "OPEN"
    assert (await desk.text("third")).stored.ticket_id == old


async def test_keyword_without_a_ticket_is_stored_once_all_the_same(desk: Desk) -> None:
    await desk.subscribe()
    sid = "SM" + "0" * 32

    first = (await desk.text("stop", twilio_message_sid=sid)).stored
    again = (await desk.text("stop", twilio_message_sid=sid)).stored

    assert first.message_id == again.message_id
    assert (first.duplicate, again.duplicate) == (False, True)


@pytest.mark.parametrize("word", ["STOP", "stopall", " Unsubscribe ", "CANCEL", "end", "QUIT", "REVOKE", "OPTOUT"])
async def test_opt_out_keyword_refuses_replies_until_start(desk: Desk, word: str) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("hello")).stored.ticket_id

    await desk.text(word)
    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"

    await desk.text("Yes")
    await desk.reply(ticket_id)


async def test_yes_is_an_ordinary_answer_of_somebody_who_never_opted_out(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("can you call me?")).stored.ticket_id
    await desk.move(ticket_id, "PENDING")

    await desk.text("YES")

    assert state_of(await desk.ticket(ticket_id)) == "OPEN"


async def test_opt_out_type_of_twilio_counts_before_the_words(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("hello")).stored.ticket_id

    await desk.text("arrêt", opt_out_type=message_pb2.OPT_OUT_TYPE_STOP)

    assert (await error_of(desk.reply(ticket_id))).reason == "RECIPIENT_OPTED_OUT"


REACTION = "Liked “we will look into it”"


@pytest.mark.parametrize("create_ticket_on", ["NEW_THREAD", "ANY_MESSAGE"])
@pytest.mark.parametrize("state", ["OPEN", "PENDING", "RESOLVED"])
async def test_reaction_is_stored_and_moves_nothing(desk: Desk, create_ticket_on: str, state: str) -> None:
    await desk.subscribe(create_ticket_on)
    ticket_id = (await desk.text("my order is broken")).stored.ticket_id
    await desk.move(ticket_id, state)

    stored = (await desk.text(REACTION)).stored

    assert (stored.ticket_id, stored.ticket_created) == (ticket_id, False)
    assert state_of(await desk.ticket(ticket_id)) == state
    assert (await desk.messages(ticket_id))[-1].text == REACTION


async def test_reaction_after_the_ticket_is_closed_makes_none(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = (await desk.text("my order is broken")).stored.ticket_id
    await desk.move(ticket_id, "CLOSED")

    assert not (await desk.text(REACTION)).stored.ticket_id


async def test_one_customer_and_two_numbers_are_two_threads(desk: Desk) -> None:
    await desk.subscribe()
    await desk.subscribe(phone_number="+15550002000")

    one = (await desk.text("hello")).stored
    two = (await desk.text("hello", channel_address="+15550002000")).stored

    assert one.ticket_id != two.ticket_id
    tickets = [await desk.ticket(stored.ticket_id) for stored in (one, two)]
    assert tickets[0].customer_id == tickets[1].customer_id


async def test_last_word_counts_though_an_earlier_one_is_recovered_after_it(desk: Desk) -> None:
    await desk.subscribe()
    start = await desk.text("START")
    lost = inbound("STOP", recovered=True)
    lost.sent_time.FromDatetime(datetime.now(UTC) - timedelta(minutes=1))

    await desk.texts(lost)

    [customer] = (
        await desk.tickets.ListCustomers(ticket_service_pb2.ListCustomersRequest(workspace_id="default"))
    ).customers
    assert start.WhichOneof("result") == "stored"
    assert not customer.opted_out
