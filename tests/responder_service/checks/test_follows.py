"""What follows from a quote without standing in it: sums, the customer's own figures, times and days, and names."""

import pytest

from responder_service.drafting.conversation import Conversation, Draft, Line, Role, Sentence
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS, PROFILE


def _broken(text: str, quote: str, asked: str) -> str | None:
    """The rule that a draft of one sentence breaks, which rests on all of `quote`."""
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), PROFILE)
    passage = Passage("house", "House", "Rules", quote, "en")
    return CHECKS.broken_rule(Draft(text, (passage,), sentences=(Sentence(text, quote, passage),)), conversation)


@pytest.mark.parametrize(
    ("text", "quote", "asked"),
    [
        pytest.param(
            "Cut and extra length come to $73.", "A cut is $58. Long hair is $15 extra.", "how much", id="a total"
        ),
        pytest.param("Two hours would be $48.", "A kayak is $24 an hour.", "2 hours in a kayak?", id="so many hours"),
        pytest.param(
            "2 kayaks for 4 days come to $520.", "A kayak is $65 a day.", "2 kayaks for 4 days?", id="pieces and days"
        ),
        pytest.param(
            "40 minutes late would be $30.", "Being late costs $15 for every 30 minutes started.",
            "we are 40 min late, is there a fee", id="begun units",
        ),
        pytest.param(
            "The part is over $200, so the deposit is $150.", "For parts above $200 we ask for a deposit of 50%.",
            "the part is $300, do i pay upfront", id="a share of the customer's amount",
        ),
        pytest.param(
            "We hold your chair for 15 minutes, so 10 is fine.", "We hold your chair for 15 minutes.",
            "gonna be 10 min late", id="beside the quote's figure",
        ),
        pytest.param(
            "At 13 he can't paddle alone, that is possible from 14 on.", "Nobody under 14 paddles alone.",
            "can my 13 yr old go alone", id="within what is not allowed",
        ),
        pytest.param(
            "Cards start at $25, so $20 is too low.", "Gift cards come in any amount from $25.", "a card for $20?",
            id="too low",
        ),
        pytest.param(
            "A haircut for your 8-year-old is $22.", "Children up to 10 pay $22.", "how much for my son, hes 8",
            id="a condition that is met",
        ),
        pytest.param(
            "It is more than 24 hours away, so moving it is free.", "A visit is moved free up to 24 hours before it.",
            "can i still move it", id="up to so long before",
        ),
        pytest.param(
            "Please be at the clinic at 9:20.", "Come to the clinic 10 minutes early.",
            "my visit is at 9:30", id="earlier by so much"
        ),
        pytest.param(
            "You can hand our invoice in to Cigna yourself.", "You hand in our invoice yourself.", "i have Cigna",
            id="whom the customer names",
        ),
    ],
)  # fmt: skip
def test_what_follows_may_go(text: str, quote: str, asked: str) -> None:
    assert _broken(text, quote, asked) is None


@pytest.mark.parametrize(
    ("text", "quote", "asked"),
    [
        pytest.param("Two hours would be $50.", "A kayak is $24 an hour.", "2 hours in a kayak?", id="a wrong product"),
        pytest.param("It is $20.", "A cut is $25.", "is it still $20?", id="a price that the customer names"),
        pytest.param(
            "You have 40 days.", "You have 30 days to return it.", "do i have 40 days?", id="a time that they name"
        ),
        pytest.param(
            "Yes, your 12-year-old can go alone.", "Nobody under 14 paddles alone.", "can my 12 yr old go alone",
            id="the reverse of what is not allowed",
        ),
        pytest.param(
            "A haircut for children is $22.", "Children up to 10 pay $22.", "how much for my son, hes 8",
            id="a condition that is lost",
        ),
        pytest.param(
            "Please be at the clinic at 9:00.", "Come to the clinic 10 minutes early.",
            "my visit is at 9:30", id="earlier by too much"
        ),
        pytest.param("Yes, we bill Cigna.", "We bill insurers of this state.", "bill Cigna?", id="yes to a name"),
    ],
)  # fmt: skip
def test_what_does_not_follow_may_not_go(text: str, quote: str, asked: str) -> None:
    assert _broken(text, quote, asked) is not None
