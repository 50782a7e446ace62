"""Resume tokens open for those whom they were given to, with any of the keys that replicas have."""

from datetime import UTC, datetime

import pytest

from servicekit.audit.chain import Keys
from servicekit.errors import InvalidArgument
from ticket_service.domain.events.event import EventFilter, Position
from ticket_service.use_cases.events.resume_tokens import ResumeTokens

OLD, NEW = {"old": b"o" * 32}, {"new": b"n" * 32}
MINE = EventFilter("acme", "wsp_1", frozenset({"note.added"}))
POSITION = Position("82AB", datetime(2026, 1, 1, 12, 30, 15, 250_000, UTC), "aud_1", "aud_2")


def test_a_token_is_the_position_and_says_nothing_by_itself() -> None:
    tokens = ResumeTokens(Keys(OLD, "old"))

    token = tokens.seal(POSITION, MINE)

    assert tokens.open(token, MINE) == POSITION
    assert tokens.open(token, EventFilter("acme", "wsp_1")) == POSITION
    assert token == tokens.seal(POSITION, MINE)
    assert not {"82AB", "aud_", "acme"} & {token[i : i + 4] for i in range(len(token))}


def test_it_outlives_a_change_of_keys_while_the_old_one_is_there() -> None:
    token = ResumeTokens(Keys(OLD, "old")).seal(POSITION, MINE)

    assert ResumeTokens(Keys({**OLD, **NEW}, "new")).open(token, MINE) == POSITION
    with pytest.raises(InvalidArgument, match="start_time"):
        ResumeTokens(Keys(NEW, "new")).open(token, MINE)


@pytest.mark.parametrize("other", [EventFilter("acme"), EventFilter("acme", "wsp_2"), EventFilter("globex", "wsp_1")])
def test_it_opens_for_nobody_else(other: EventFilter) -> None:
    tokens = ResumeTokens(Keys(OLD, "old"))

    with pytest.raises(InvalidArgument) as raised:
        tokens.open(tokens.seal(POSITION, MINE), other)

    assert raised.value.reason == "RESUME_TOKEN_INVALID"
