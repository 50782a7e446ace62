"""What adding and removing tags leads to."""

import pytest

from tests.ticket_service.domain.examples import DANA, NOW, ticket
from ticket_service.domain.errors import FieldInvalid, TicketClosed
from ticket_service.domain.ticket import TicketState
from ticket_service.domain.work.tags import TagChange, change_tags, known_tags_of, tags_of

FULL = tuple(f"tag {number}" for number in range(20))


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        pytest.param((), TagChange(("b", "a")), ("b", "a"), id="in the order in which they are given"),
        pytest.param(("a",), TagChange(("a", "b")), ("a", "b"), id="one is there already"),
        pytest.param(("a", "b"), TagChange(remove=("a", "c")), ("b",), id="removed, and one that is not there"),
        pytest.param(("a", "b"), TagChange(("c",), ("a",)), ("b", "c"), id="both at once"),
        pytest.param((" a ",), TagChange(remove=("a",)), (), id="one with spaces, of an earlier version"),
        pytest.param(FULL, TagChange(("new",), ("tag 1",)), (FULL[0], *FULL[2:], "new"), id="one for another"),
    ],
)
def test_tags(before: tuple[str, ...], change: TagChange, after: tuple[str, ...]) -> None:
    changed = change_tags(ticket(tags=before), change, DANA, NOW)

    assert changed.ticket.tags == after
    assert [dict(entry.details) for entry in changed.entries] == [{"tags": "changed"}]


def test_no_change_is_recorded_as_none() -> None:
    assert not change_tags(ticket(tags=("a",)), TagChange(("a",), ("b",)), DANA, NOW).entries


def test_closed_ticket() -> None:
    with pytest.raises(TicketClosed):
        change_tags(ticket(TicketState.CLOSED), TagChange(("a",)), DANA, NOW)


def test_tags_as_people_write_them() -> None:
    assert tags_of([" vip", "vip ", "Größe  1", "👩‍💻"], "tags") == ("vip", "Größe  1", "👩‍💻")


@pytest.mark.parametrize(
    "texts",
    [["  "], ["x" * 51], ["a"] * 21, ["a\tb"], ["a\0b"], ["a\x1b[31m"]],
    ids=["blank", "51 characters", "21 of them", "a tab within", "a NUL", "what colours a terminal"],
)
def test_what_is_no_tag(texts: list[str]) -> None:
    with pytest.raises(FieldInvalid):
        tags_of(texts, "tags")


def test_a_tag_of_an_earlier_version_can_be_removed_whatever_is_in_it() -> None:
    assert known_tags_of(["a\tb"], "tags") == ("a\tb",)
