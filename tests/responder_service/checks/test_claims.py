"""Claims to have done something, which the AI never has."""

import pytest

from responder_service.checks.claims import claims_done
from tests.responder_service.checks.judging import rule

CLAIMS = [
    "I have refunded your order.",
    "I've just cancelled your order.",
    "Your order has been cancelled.",
    "Your refund was approved.",
    "We have issued your refund.",
    "I will refund you now.",
    "I'll escalate this to the team.",
    "I checked your order.",
    "Your refund is on its way.",
    "You have been selected for a full refund.",
    "You're eligible for a full refund.",
    "Done! The return is complete.",
    "He cancelado su pedido.",
    "Su reembolso ha sido procesado.",
    "J'ai annulé votre commande.",
    "Votre commande a été annulée.",
    "Ich habe Ihre Bestellung storniert.",
    "Ihre Bestellung wurde storniert.",
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_to_have_done_something_is_stopped(claim: str) -> None:
    assert rule(claim, "please do it") == "claims to act"


def test_an_article_may_say_when_something_has_been_done() -> None:
    assert rule("Refunds arrive 3-5 business days once your return has been processed and the parcel is back.") is None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("We have changing rooms on the first floor.", id="what we have"),
        pytest.param("Your deposit is refunded within 14 days.", id="what always is"),
        pytest.param("You'll be reimbursed once you send the receipt.", id="on a condition"),
    ],
)
def test_a_rule_of_the_house_is_no_claim(said: str) -> None:
    assert not claims_done(said, "")
