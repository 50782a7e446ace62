"""When a text makes a ticket: README.md's table, row by row, and what the ticket is like."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from tests.ticket_service.domain.examples import (
    ACCOUNT,
    NOW,
    OUR_NUMBER,
    PHONE,
    TO_DANA,
    channel,
    customer,
    text,
    ticket,
)
from tests.ticket_service.domain.planning import actions, one_customer, one_ticket, plan, snapshot
from ticket_service.domain.ai_turn import TurnStart
from ticket_service.domain.channel import CreateTicketOn
from ticket_service.domain.ingest_plan import StoredText
from ticket_service.domain.ticket import NOBODY, THE_AI, Priority, Ticket, TicketState

OPEN, PENDING, RESOLVED, CLOSED = TicketState
NEW_THREAD, ANY_MESSAGE = CreateTicketOn
TURN = TurnStart(NOW + timedelta(seconds=3), NOW + timedelta(seconds=20))

JOINS, NEW, WITHOUT = "joins", "new ticket", "without a ticket"
RECEIVED = ["message.received"]
MOVED, REOPENED = ["message.received", "ticket.state_changed"], ["message.received", "ticket.reopened"]
CREATED, SUCCEEDED = ["ticket.created", "message.received"], ["ticket.succeeded", "ticket.created", "message.received"]
TEXTS = {"a text": "hello", "a keyword": "HELP", "a reaction": "Liked “Your bowl is on its way”"}

# The thread's live ticket (a CLOSED one is not), the channel's rule, what the text is; whose message it becomes, the
# state of the ticket that was there, and what is recorded.
README_TABLE: list[tuple[TicketState | None, CreateTicketOn, str, str, TicketState | None, list[str]]] = [
    (None, NEW_THREAD, "a text", NEW, None, CREATED),
    (OPEN, NEW_THREAD, "a text", JOINS, OPEN, RECEIVED),
    (PENDING, NEW_THREAD, "a text", JOINS, OPEN, MOVED),
    (RESOLVED, NEW_THREAD, "a text", JOINS, OPEN, REOPENED),
    (None, ANY_MESSAGE, "a text", NEW, None, CREATED),
    (OPEN, ANY_MESSAGE, "a text", JOINS, OPEN, RECEIVED),
    (PENDING, ANY_MESSAGE, "a text", JOINS, OPEN, MOVED),
    (RESOLVED, ANY_MESSAGE, "a text", NEW, RESOLVED, SUCCEEDED),
    (None, NEW_THREAD, "a keyword", WITHOUT, None, RECEIVED),
    (OPEN, NEW_THREAD, "a keyword", JOINS, OPEN, RECEIVED),
    (PENDING, NEW_THREAD, "a keyword", JOINS, PENDING, RECEIVED),
    (RESOLVED, NEW_THREAD, "a keyword", JOINS, RESOLVED, RECEIVED),
    (None, ANY_MESSAGE, "a keyword", NEW, None, CREATED),
    (OPEN, ANY_MESSAGE, "a keyword", JOINS, OPEN, RECEIVED),
    (PENDING, ANY_MESSAGE, "a keyword", JOINS, OPEN, MOVED),
    (RESOLVED, ANY_MESSAGE, "a keyword", NEW, RESOLVED, SUCCEEDED),
    (None, NEW_THREAD, "a reaction", WITHOUT, None, RECEIVED),
    (OPEN, NEW_THREAD, "a reaction", JOINS, OPEN, RECEIVED),
    (PENDING, NEW_THREAD, "a reaction", JOINS, PENDING, RECEIVED),
    (RESOLVED, NEW_THREAD, "a reaction", JOINS, RESOLVED, RECEIVED),
    (None, ANY_MESSAGE, "a reaction", NEW, None, CREATED),
    (OPEN, ANY_MESSAGE, "a reaction", JOINS, OPEN, RECEIVED),
    (PENDING, ANY_MESSAGE, "a reaction", JOINS, PENDING, RECEIVED),
    (RESOLVED, ANY_MESSAGE, "a reaction", JOINS, RESOLVED, RECEIVED),
]


def _rows() -> list[object]:
    return [
        pytest.param(
            *row,
            id=f"{row[0].value if row[0] else 'none'}, {row[1].value}, {row[2]}: {row[3]}"
            + (f", {row[4].value}" if row[4] else ""),
        )
        for row in README_TABLE
    ]


@pytest.mark.parametrize(("before", "rule", "kind", "becomes", "after", "recorded"), _rows())
def test_readme_table(
    before: TicketState | None,
    rule: CreateTicketOn,
    kind: str,
    becomes: str,
    after: TicketState | None,
    recorded: list[str],
) -> None:
    live = ticket(before) if before else None
    found = snapshot(live, customer(), channel(create_ticket_on=rule))

    planned = plan(found, text(TEXTS[kind]))

    (message,) = planned.messages
    assert planned.outcomes == [
        StoredText(message.message_id, "default", message.ticket_id, ticket_created=becomes == NEW)
    ]
    assert list(planned.new_tickets) == ([message.ticket_id] if becomes == NEW else [])
    assert (message.ticket_id == "tkt_1") == (becomes == JOINS)
    assert bool(message.ticket_id) == (becomes != WITHOUT)
    assert {ticket_id: left.state for ticket_id, left in planned.changed_tickets.items()} == (
        {"tkt_1": after} if after else {}
    )
    assert actions(planned) == recorded


def test_readme_table_has_every_state_rule_and_kind_of_text() -> None:
    shown = [row[:3] for row in README_TABLE]

    assert len(shown) == len(set(shown))
    live = {None, *TicketState} - {CLOSED}
    assert set(shown) == set(itertools.product(live, CreateTicketOn, TEXTS))


def test_new_ticket_has_the_channels_rules_and_holds_the_thread() -> None:
    rules = channel(default_priority=Priority.URGENT, auto_assign=TO_DANA, workspace_id="sales")

    planned = plan(snapshot(subscribed=rules), text("  Where is\nmy parcel? "))

    made = one_ticket(planned)
    assert (made.state, made.priority, made.assignee, made.workspace_id) == (OPEN, Priority.URGENT, TO_DANA, "sales")
    assert (made.subject, made.number, made.holds_thread) == ("Where is my parcel?", 0, True)
    assert (made.channel_id, made.account_sid, made.channel_address) == ("chn_1", ACCOUNT, OUR_NUMBER)
    assert (made.customer_id, made.customer_address) == (one_customer(planned).customer_id, PHONE)
    (entry,) = [record.entry for record in planned.records if record.entry.action == "ticket.created"]
    assert entry.details == {"channel_id": "chn_1", "priority": "URGENT", "assignee": "agent:dana"}


def test_successor_takes_the_thread_from_the_resolved_ticket() -> None:
    found = snapshot(ticket(RESOLVED), customer(), channel(create_ticket_on=ANY_MESSAGE))

    planned = plan(found, text())

    (made,) = planned.new_tickets.values()
    left = planned.changed_tickets["tkt_1"]
    assert (left.holds_thread, made.holds_thread, left.message_count) == (False, True, 1)
    assert [(r.ticket_id, r.sequence, r.entry.action) for r in planned.records] == [
        ("tkt_1", 4, "ticket.succeeded"),
        (made.ticket_id, 1, "ticket.created"),
        (made.ticket_id, 2, "message.received"),
    ]
    assert planned.records[0].entry.details == {"successor": made.ticket_id}
    assert (left.audit_sequence, made.audit_sequence) == (4, 2)


def test_text_joins_its_ticket_at_the_next_position_of_conversation_and_trail() -> None:
    planned = plan(snapshot(ticket(PENDING, message_count=7, audit_sequence=9), customer()), text())

    joined = one_ticket(planned)
    (message,) = planned.messages
    assert (message.position, joined.message_count, joined.update_time) == (8, 8, NOW)
    assert [(r.ticket_id, r.sequence) for r in planned.records] == [("tkt_1", 10), ("tkt_1", 11)]
    assert joined.audit_sequence == 11


def test_ticket_keeps_its_workspace_when_its_channel_has_moved_to_another() -> None:
    planned = plan(snapshot(ticket(), customer(), channel(workspace_id="sales")), text())

    assert (planned.messages[0].workspace_id, planned.messages[0].customer_id) == ("default", "cus_1")
    assert {record.workspace_id for record in planned.records} == {"default"}


def test_text_without_a_ticket_is_recorded_in_the_organizations_trail() -> None:
    planned = plan(snapshot(known=customer()), text("HELP"))

    (message,), (record,) = planned.messages, planned.records
    assert (message.ticket_id, message.position) == ("", 0)
    # The store gives the sequence.
    assert (record.ticket_id, record.sequence, record.workspace_id) == ("", 0, "default")
    assert record.entry.details["keyword"] == "HELP"


def test_fifty_first_texts_of_a_thread_are_one_customer_and_one_ticket() -> None:
    planned = plan(snapshot(), *(text(f"text {i}", twilio_message_sid=f"SM{i}") for i in range(50)))

    made = one_ticket(planned)
    assert (made.message_count, made.customer_id) == (50, one_customer(planned).customer_id)
    assert [message.position for message in planned.messages] == list(range(1, 51))
    assert [message.text for message in planned.messages] == [f"text {i}" for i in range(50)]
    assert [record.sequence for record in planned.records] == list(range(1, made.audit_sequence + 1))
    assert actions(planned) == ["customer.created", "ticket.created", *["message.received"] * 50]
    created = [outcome.ticket_created for outcome in planned.outcomes if isinstance(outcome, StoredText)]
    assert created == [True, *[False] * 49]


def test_second_text_joins_the_successor_that_the_first_one_made() -> None:
    found = snapshot(ticket(RESOLVED), customer(), channel(create_ticket_on=ANY_MESSAGE))

    planned = plan(found, text(), text(twilio_message_sid="SM2"))

    (made,) = planned.new_tickets.values()
    assert {message.ticket_id for message in planned.messages} == {made.ticket_id}


def test_texts_of_several_threads_are_several_tickets() -> None:
    planned = plan(snapshot(), text(), text(twilio_message_sid="SM2", customer_address="+15550000001"))

    assert len(planned.new_tickets) == len(planned.new_customers) == 2
    assert len({record.ticket_id for record in planned.records}) == 2


def test_pending_ticket_is_reopened_once_by_two_texts() -> None:
    planned = plan(snapshot(ticket(PENDING), customer()), text(), text(twilio_message_sid="SM2"))

    assert actions(planned) == ["message.received", "ticket.state_changed", "message.received"]
    assert [record.sequence for record in planned.records] == [4, 5, 6]


@pytest.mark.parametrize(
    ("live", "rules", "body", "starts"),
    [
        pytest.param(None, {"auto_assign": THE_AI}, "hello", True, id="a new ticket of the AI's"),
        pytest.param(None, {"auto_assign": NOBODY}, "hello", False, id="a new ticket of nobody's"),
        pytest.param(ticket(assignee=THE_AI), {}, "hello", True, id="an OPEN ticket of the AI's"),
        pytest.param(ticket(PENDING, assignee=THE_AI), {}, "hello", True, id="a PENDING one"),
        pytest.param(ticket(RESOLVED, assignee=THE_AI), {}, "hello", True, id="a RESOLVED one"),
        pytest.param(ticket(assignee=TO_DANA), {"auto_assign": THE_AI}, "hello", False, id="an agent's ticket"),
        pytest.param(ticket(assignee=THE_AI), {}, "HELP", False, id="a keyword under NEW_THREAD"),
        pytest.param(
            ticket(assignee=THE_AI), {"create_ticket_on": ANY_MESSAGE}, "HELP", True, id="a keyword under ANY_MESSAGE"
        ),
    ],
)
def test_turn_of_the_ai(live: Ticket | None, rules: dict[str, Any], body: str, starts: bool) -> None:
    planned = plan(snapshot(live, customer(), channel(**rules)), text(body))

    (message,) = planned.messages
    assert planned.ai_turns == ({message.ticket_id: TURN} if starts else {})


def test_reaction_of_somebody_who_never_texted_is_a_text() -> None:
    """There is nothing that they could react to, and a text is not to be lost."""
    planned = plan(snapshot(), text(TEXTS["a reaction"]))

    assert one_ticket(planned).subject == TEXTS["a reaction"]


def test_reaction_starts_no_turn_of_the_ai() -> None:
    planned = plan(snapshot(ticket(assignee=THE_AI), customer()), text(TEXTS["a reaction"]))

    assert planned.ai_turns == {}
