"""What a ticket says of itself."""

import pytest

from tests.ticket_service.domain.examples import TO_DANA, ticket
from ticket_service.domain.ticket import NOBODY, THE_AI, Assignee, AssigneeKind, TicketState


@pytest.mark.parametrize("assignee", [NOBODY, THE_AI, TO_DANA], ids=str)
@pytest.mark.parametrize("state", TicketState)
def test_open_ticket_of_the_ai_alone_waits_for_it(state: TicketState, assignee: Assignee) -> None:
    waits = ticket(state, assignee=assignee).waits_for_ai

    assert waits == (state is TicketState.OPEN and assignee == THE_AI)


@pytest.mark.parametrize(
    ("assignee", "text"),
    [(NOBODY, "nobody"), (THE_AI, "ai"), (Assignee(AssigneeKind.AGENT, "dana"), "agent:dana")],
)
def test_assignee_as_the_audit_trail_has_it(assignee: Assignee, text: str) -> None:
    assert str(assignee) == text
