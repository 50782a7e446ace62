"""What follows from a quote without standing in it: sums, the customer's own figures, times and days, and names."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from responder_service.drafting.conversation import Conversation, Draft, Line, Role, Sentence
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS, PROFILE, SENTENCE_END

TALKED_INTO: list[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("talked_into.yaml").read_text("utf-8"))


def _broken(text: str, quote: str, asked: str, hours: str = "") -> str | None:
    """The rule that a draft breaks each sentence of which rests on all of `quote`."""
    profile = replace(PROFILE, business_hours=hours) if hours else PROFILE
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), profile)
    passage = Passage("house", "House", "Rules", quote, "en")
    said = tuple(Sentence(sentence, quote, passage) for sentence in SENTENCE_END.split(text))
    return CHECKS.broken_rule(Draft(text, (passage,), sentences=said), conversation)


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
            "A violin is $19 a month for you.", "A violin is $24 a month, a cello $42. Students pay $5 less.",
            "what is a violin, i am a student", id="less",
        ),
        pytest.param(
            "The 20-day pack works out to $38 per day.", "A pack of 20 full days is $760.", "the 20 day pack?",
            id="a share of it",
        ),
        pytest.param(
            "You can have another try from July 3 on.", "The trial may be repeated 60 days later.",
            "his trial was on may 4, when again?", id="so many days after a date",
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
            "We don't take Amex.", "We take Visa, but no American Express.", "do you take Amex?", id="no to a name"
        ),
        pytest.param(
            "You can return it for store credit rather than a refund.", "You can return it for store credit.",
            "refund?", id="what it is not",
        ),
        pytest.param(
            "Leave the house right away without touching any switches.",
            "Do not touch any switches. Leave the house right away.", "i smell gas", id="left out",
        ),
        pytest.param(
            "Installing both is $220.", "We install washers and dryers for $110 each.",
            "i bought 3 things, what for the washer and the dryer?",
            id="both",
        ),
        pytest.param(
            "The pack works out to about $38 per day.", "A pack of 20 full days is $765.", "per day?", id="about"
        ),
        pytest.param(
            "On Sundays pick-up is between 4 and 5:30 pm.", "On Sundays pick-up is from 4 pm to 5:30 pm.", "sunday?",
            id="one half of the day",
        ),
        pytest.param(
            "We are in Oxnard on Tuesdays and Thursdays, so a Friday pick-up isn't possible.",
            "We are in Oxnard on Tuesdays and Thursdays only.", "friday?", id="so a Friday",
        ),
        pytest.param(
            "There's currently a wait of three weeks, and our tuning days are Monday and Friday.",
            "We tune on Mondays and Fridays, and the wait is three weeks.", "how soon?", id="now, of no opening",
        ),
        pytest.param(
            "A cleaning is €115, and €70 for students.", "A cleaning is €115 for adults and €70 for students.",
            "price?", id="adults need no name",
        ),
        pytest.param(
            "Sorry, we already closed at 1 pm.", "On Wednesdays we close at 1 pm.", "still open?", id="already closed"
        ),
        pytest.param(
            "Yes, rain doesn't stop us!", "We go out in the rain, but not in a thunderstorm.", "rain?",
            id="stops nobody",
        ),
    ],
)  # fmt: skip
def test_what_follows_may_go(text: str, quote: str, asked: str) -> None:
    assert _broken(text, quote, asked) is None


@pytest.mark.parametrize(
    ("text", "quote", "asked"),
    [
        pytest.param("Two hours would be $50.", "A kayak is $24 an hour.", "2 hours in a kayak?", id="a wrong product"),
        pytest.param(
            "A massage of 60 minutes is $120.", "A massage is $120.", "how long is it?", id="an hour that nobody says"
        ),
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


@pytest.mark.parametrize("case", [pytest.param(case, id=case["say"]) for case in TALKED_INTO])
def test_what_a_model_is_talked_into_may_not_go(case: dict[str, str]) -> None:
    assert _broken(case["say"], case["quote"], case["asked"]) is not None


@pytest.mark.parametrize(
    "text", ["Repairs take 2 days, and we are open on Sunday.", "You can come on Sunday; repairs take 2 days."]
)
def test_nobody_is_open_on_another_day_because_of_how_long_something_takes(text: str) -> None:
    hours = "Mon to Fri 9:00-17:00, closed on Saturday and Sunday"

    assert _broken(text, "Repairs take 2 days.", "can i come on sunday?", hours) is not None
