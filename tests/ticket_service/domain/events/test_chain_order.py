"""Records in the order of their ids become records in the order of their chains."""

from datetime import UTC, datetime

import pytest

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.events.chain_order import in_chain_order, missing_places

ENTRY = AuditEntry("note.added", "msg_1", Actor(ActorKind.AGENT, "dana"), datetime(2026, 1, 1, tzinfo=UTC))


def records(text: str) -> list[AuditRecord]:
    """Of `a1 b7`: the record of ticket a at place 1, and that of b at place 7."""
    return [AuditRecord(f"aud_{i}", "o", "w", r[0], int(r[1:]), ENTRY) for i, r in enumerate(text.split())]


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        pytest.param("a1 a2 b1 a3", "a1 a2 b1 a3", id="in order"),
        pytest.param("a2 b1 a1", "a1 b1 a2", id="a clock that is ahead"),
        pytest.param("a3 b2 a1 b1 a2", "a1 b1 a2 b2 a3", id="two chains"),
        pytest.param("", "", id="none"),
    ],
)
def test_each_chain_is_in_the_order_of_its_sequence(given: str, ordered: str) -> None:
    assert " ".join(f"{r.ticket_id}{r.sequence}" for r in in_chain_order(records(given))) == ordered


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        pytest.param("a1 a2 b1", set(), id="none"),
        pytest.param("a3", {("a", 2)}, id="before the first"),
        pytest.param("a1 a4 b2", {("a", 2), ("a", 3), ("b", 1)}, id="between"),
        pytest.param("a1 a5000", set(), id="too wide to be a chain's own"),
    ],
)
def test_places_that_may_be_elsewhere_are_named(given: str, missing: set[tuple[str, int]]) -> None:
    assert missing_places(records(given)) == missing
