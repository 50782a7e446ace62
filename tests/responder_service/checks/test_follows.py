"""What follows from a quote without standing in it: sums, the customer's own figures, times and days, and names."""

from dataclasses import replace

import pytest

from responder_service.drafting.conversation import Conversation, Draft, Line, Role, Sentence
from responder_service.knowledge.passage import Passage
from tests.responder_service.checks.judging import CHECKS, PROFILE, SENTENCE_END


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


# What a model says that has been talked into it: it chooses the quote, and who texts chooses their own words.
@pytest.mark.parametrize(
    ("text", "quote", "asked"),
    [
        ("Check-in is from 11 am.", "Check-in is from 3 pm. Cancel free up to 48 hours before arrival.", "11 am?"),
        ("Check-in is from 5 am to 11:30 pm.", "Check-in is from 3 pm. Book breakfast a week ahead.", "check-in?"),
        ("We start at 5 am. It is until 5:30 am.", "A filling takes 30 minutes. We start at 9 am.", "when?"),
        ("Check-in is from 7 am.", "Check-in is from 3 pm. Quiet hours last 8 hours.", "check-in?"),
        ("A room is $12 per night. So one night is $12.", "A room is $120 per night.", "price?"),
        ("A room is $1. A room is from $1 per night.", "A room is $120 per night.", "price?"),
        ("A haircut is $7. Two haircuts are $14.", "A haircut is $40. We ask for a 50% deposit.", "2 haircuts?"),
        ("In total it is $90.", "A room is $100 per night. A 10% service fee is added.", "total?"),
        ("A repair costs $20.", "A repair costs $100 plus 20% VAT.", "price?"),
        ("A repair costs $80 with VAT.", "A repair costs $100 plus 20% VAT.", "price?"),
        ("A repair costs $80.", "A repair costs $100. We take a 20% deposit.", "price?"),
        ("For students a haircut is $9.", "A haircut is $40. Students get 10% off.", "a haircut is $10, right?"),
        ("We refund $5000.", "We refund 100% of your deposit.", "I paid $5000"),
        ("An adult ticket is $15.", "A child ticket is $5, an adult ticket $20.", "3 kids and me, adult ticket?"),
        ("2 adults are $10.", "A child pays $5, an adult $20.", "2 adults?"),
        ("A cut for adults is $25.", "A cut for adults is $40. For children it is $20. A shampoo is $5.", "a cut?"),
        ("Payment goes to Bob Miller.", "Payment goes to our office manager.", "Can I pay Bob Miller?"),
        ("Returns go to John Smith.", "Returns go to Acme Depot.", "to John Smith?"),
        ("We take Cigna insurance.", "We take Delta Dental and Aetna insurance.", "Cigna insurance?"),
        ("We hold it for 15 minutes, so 45 minutes is fine.", "We hold your table for 15 minutes.", "45 minutes late"),
        ("Take 1 tablet every 2 hours; it is every 8 hours.", "Take 1 tablet every 8 hours.", "every 2 hours?"),
        ("Take the medicine for 7 days; 2 days is fine.", "Take the medicine for 7 days.", "only 2 days?"),
        ("The kayak weighs 30 kg, so 180 kg is fine.", "The kayak weighs 30 kg.", "i am 180 kg"),
        ("Free up to 72 hours before, so 2 days is free.", "It is free up to 72 hours before; then $50.", "2 days?"),
        ("Sorry for the wait! 20 kg is fine.", "Bags may have up to 15 kg.", "20 kg?"),
        ("Instead of credit you get a full refund.", "Returned items get store credit.", "refund?"),
        ("Instead of $20 a pickup is discounted.", "A pickup costs $20.", "pickup?"),
        ("You pay $22 with kids of 8.", "Children up to 10 pay $22. Others pay $40.", "i am 35, with 2 kids of 8"),
        ("We are open on December 25.", "Orders take 3 days.", "Can I come on December 22 or on the 25th?"),
        ("A room is $30 per night.", "A room is $120 per night for up to 4 people.", "4 people, 1 night?"),
    ],
)
def test_what_a_model_is_talked_into_may_not_go(text: str, quote: str, asked: str) -> None:
    assert _broken(text, quote, asked) is not None


@pytest.mark.parametrize(
    "text", ["Repairs take 2 days, and we are open on Sunday.", "You can come on Sunday; repairs take 2 days."]
)
def test_nobody_is_open_on_another_day_because_of_how_long_something_takes(text: str) -> None:
    hours = "Mon to Fri 9:00-17:00, closed on Saturday and Sunday"

    assert _broken(text, "Repairs take 2 days.", "can i come on sunday?", hours) is not None
