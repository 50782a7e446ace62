"""Who is dealt which ticket: whoever has the fewest, up to the limit, and of equals who has waited longest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, NOW, TO_DANA, channel, customer, text, ticket
from tests.ticket_service.domain.planning import one_ticket, plan, snapshot
from ticket_service.domain import ticket_changes
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.channel import Channel
from ticket_service.domain.ingest_plan import StoredText
from ticket_service.domain.ticket import NOBODY, THE_AI, Ticket, TicketState
from ticket_service.domain.work.dealing import THE_DEALER, Load, deal, left

_TICKETS = [ticket(ticket_id=f"tkt_{number}", to_deal=True) for number in range(5)]


@pytest.mark.parametrize(
    ("loads", "limit", "dealt"),
    [
        pytest.param([Load("a", 0), Load("b", 0)], 0, ["a", "b", "a", "b", "a"], id="in turn"),
        pytest.param([Load("a", 3), Load("b", 0)], 0, ["b", "b", "b", "a", "b"], id="whoever has fewest"),
        pytest.param([Load("a", 0, NOW), Load("b", 0, BEFORE)], 1, ["b", "a"], id="whoever has waited longest"),
        pytest.param([Load("a", 0, BEFORE), Load("b", 0)], 1, ["b", "a"], id="whoever never had one"),
        pytest.param([Load("a", 1), Load("b", 0)], 2, ["b", "a", "b"], id="up to the limit"),
        pytest.param([Load("a", 7)], 2, [], id="above the limit already"),
        pytest.param([], 0, [], id="nobody is there"),
    ],
)
def test_dealt(loads: list[Load], limit: int, dealt: list[str]) -> None:
    changes = deal(_TICKETS, loads, limit, NOW)

    assert [change.ticket.assignee.agent_id for change in changes] == dealt
    assert [change.ticket.ticket_id for change in changes] == [known.ticket_id for known in _TICKETS[: len(dealt)]]
    for change in changes:
        (entry,) = change.entries
        assert (entry.action, entry.actor, entry.details["from"]) == (
            AuditAction.TICKET_ASSIGNED,
            THE_DEALER,
            "nobody",
        )
        assert not change.ticket.to_deal


def test_dealt_one_is_last_in_the_next_round() -> None:
    (first,) = deal(_TICKETS[:1], [Load("a", 1, BEFORE), Load("b", 1, BEFORE)], 0, NOW)
    again = deal(_TICKETS[1:2], [Load("a", 1, NOW), Load("b", 1, BEFORE)], 0, NOW + timedelta(hours=1))

    assert (first.ticket.assignee.agent_id, again[0].ticket.assignee.agent_id) == ("a", "b")


@pytest.mark.parametrize("on", [True, False])
def test_new_ticket_waits_for_an_agent_where_the_channel_says_so(on: bool) -> None:
    planned = plan(snapshot(subscribed=channel(round_robin=on)), text())

    assert (one_ticket(planned).to_deal, one_ticket(planned).assignee) == (on, NOBODY)
    assert [outcome.to_deal for outcome in planned.outcomes if isinstance(outcome, StoredText)] == [on]


@pytest.mark.parametrize("to_deal", [True, False])
@pytest.mark.parametrize(
    ("before", "on", "waits"),
    [
        pytest.param(ticket(TicketState.RESOLVED), True, True, id="resolved"),
        pytest.param(ticket(TicketState.PENDING), True, True, id="pending"),
        pytest.param(ticket(TicketState.RESOLVED), False, False, id="of a channel without round robin"),
        pytest.param(ticket(TicketState.RESOLVED, assignee=TO_DANA), True, False, id="somebody's"),
        pytest.param(ticket(TicketState.RESOLVED, assignee=THE_AI), True, False, id="the AI's"),
        pytest.param(ticket(TicketState.OPEN), True, False, id="open, which somebody has made nobody's"),
    ],
)
def test_nobodys_ticket_that_a_text_opens_again_waits_for_an_agent(
    before: Ticket, on: bool, waits: bool, to_deal: bool
) -> None:
    before = replace(before, to_deal=to_deal and before.assignee == NOBODY and before.state is not TicketState.RESOLVED)
    planned = plan(snapshot(before, customer(), channel(round_robin=on)), text(), text(twilio_message_sid="SM2"))

    assert one_ticket(planned).to_deal == (waits or before.to_deal)
    # Whoever deals is woken once.
    woken = [outcome.to_deal for outcome in planned.outcomes if isinstance(outcome, StoredText)]
    assert woken == [waits and not before.to_deal, False]


def test_a_reaction_puts_no_ticket_to_be_dealt() -> None:
    before = ticket(TicketState.RESOLVED)
    planned = plan(snapshot(before, customer(), channel(round_robin=True)), text("Liked “Your bowl is on its way”"))

    assert not one_ticket(planned).to_deal


@pytest.mark.parametrize(
    ("state", "on", "again"),
    [
        pytest.param(TicketState.OPEN, channel(round_robin=True), True, id="open"),
        pytest.param(TicketState.PENDING, channel(round_robin=True), True, id="pending"),
        pytest.param(TicketState.RESOLVED, channel(round_robin=True), False, id="settled"),
        pytest.param(TicketState.OPEN, channel(), False, id="of a channel without round robin"),
        pytest.param(TicketState.OPEN, None, False, id="of a channel that is gone"),
        pytest.param(TicketState.OPEN, channel(round_robin=True, delete_time=NOW), False, id="of one that is removed"),
        pytest.param(
            TicketState.OPEN, channel(round_robin=True, workspace_id="wsp_2"), False, id="of another workspace"
        ),
    ],
)
def test_ticket_that_its_agent_left(state: TicketState, on: Channel | None, again: bool) -> None:
    assert left(ticket(state), on).to_deal == again


def test_what_takes_a_ticket_out_of_the_deal() -> None:
    known = ticket(to_deal=True)

    assert not ticket_changes.assign(known, TO_DANA, DANA, NOW).ticket.to_deal
    assert not ticket_changes.assign(known, THE_AI, DANA, NOW).ticket.to_deal
    assert not ticket_changes.resolve(known, DANA, NOW).ticket.to_deal
    assert not ticket_changes.close(known, DANA, NOW).ticket.to_deal
    assert ticket_changes.reopen(ticket(TicketState.PENDING, to_deal=True), None, DANA, NOW).ticket.to_deal


def test_who_reopens_what_waited_for_an_agent_when_it_was_resolved_makes_it_wait_again() -> None:
    resolved = ticket_changes.resolve(ticket(to_deal=True), DANA, NOW).ticket
    given = ticket_changes.assign(resolved, TO_DANA, DANA, NOW).ticket
    left_alone = ticket_changes.resolve(ticket(), DANA, NOW).ticket

    for again in (ticket_changes.reopen, ticket_changes.unresolve):
        assert again(resolved, None, DANA, NOW).ticket.to_deal
        assert not again(given, None, DANA, NOW).ticket.to_deal
        assert not again(left_alone, None, DANA, NOW).ticket.to_deal
