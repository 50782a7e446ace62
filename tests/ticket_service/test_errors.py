"""What callers get for a broken rule: every rule has an error, with its reason and its sentence."""

from datetime import UTC, datetime

import pytest

from servicekit.errors import FailedPrecondition, InvalidArgument, KevaError, ResourceExhausted
from ticket_service.domain.errors import (
    FieldInvalid,
    FirstTextLimitReached,
    LastAdministrator,
    RuleBroken,
    ThreadHasLiveTicket,
    TicketClosed,
)
from ticket_service.errors import of_rule

RULES = [
    pytest.param(
        LastAdministrator("agt_1"),
        FailedPrecondition(
            "LAST_ADMINISTRATOR",
            "agt_1 is the organization's last active administrator; make somebody else one first",
            agent_id="agt_1",
        ),
        id="the last administrator",
    ),
    pytest.param(
        FieldInvalid("media_urls", "may be at most 10"),
        InvalidArgument("FIELD_INVALID", "media_urls may be at most 10", field="media_urls"),
        id="a value that cannot be used",
    ),
    pytest.param(
        TicketClosed("tkt_1"),
        FailedPrecondition(
            "TICKET_CLOSED",
            "ticket tkt_1 is closed, which is final; the customer's next text opens a new one",
            ticket_id="tkt_1",
        ),
        id="a closed ticket",
    ),
    pytest.param(
        ThreadHasLiveTicket("tkt_1", "tkt_2"),
        FailedPrecondition(
            "THREAD_HAS_LIVE_TICKET",
            "ticket tkt_1 cannot be reopened: tkt_2 is live on the same thread; work on that one, or close it first",
            ticket_id="tkt_1",
            live_ticket_id="tkt_2",
        ),
        id="a thread with another live ticket",
    ),
    pytest.param(
        FirstTextLimitReached(100, datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ResourceExhausted(
            "FIRST_TEXT_LIMIT_REACHED",
            "this organization may begin 100 conversations within an hour; ask again after 2026-01-01T12:00:00+00:00. "
            "KEVA_FIRST_TEXTS_PER_HOUR of ticket_service sets the limit",
            limit="100",
            retry_time="2026-01-01T12:00:00+00:00",
        ),
        id="no more first texts within the hour",
    ),
    pytest.param(
        FirstTextLimitReached(0, None),
        ResourceExhausted(
            "FIRST_TEXT_LIMIT_REACHED",
            "this organization may begin 0 conversations within an hour; nobody may begin one. "
            "KEVA_FIRST_TEXTS_PER_HOUR of ticket_service sets the limit",
            limit="0",
        ),
        id="no first texts at all",
    ),
]


@pytest.mark.parametrize(("broken", "expected"), RULES)
def test_broken_rule_is_an_error_of_the_api(broken: RuleBroken, expected: KevaError) -> None:
    error = of_rule(broken)

    assert error is not None
    assert type(error) is type(expected)
    assert (error.reason, error.message, error.metadata) == (expected.reason, expected.message, expected.metadata)


def test_every_rule_has_an_error() -> None:
    shown = {type(rule.values[0]) for rule in RULES}

    assert shown == set(RuleBroken.__subclasses__())


def test_other_exceptions_are_no_rules() -> None:
    assert of_rule(ValueError("a bug")) is None
