"""One line of the table says all of an error code, and every other part goes by its kind."""

import pytest

from sms_service.domain.provider_errors import FailureKind
from sms_service.twilio import errors
from sms_service.twilio.errors import explain


@pytest.mark.parametrize(
    ("code", "temporary", "opted_out"),
    [
        pytest.param(30003, True, False, id="phone switched off"),
        pytest.param(20429, True, False, id="rate limit"),
        pytest.param(30034, False, False, id="not registered"),
        pytest.param(21610, False, True, id="opted out"),
        pytest.param(21614, False, False, id="landline"),
        pytest.param(99999, False, False, id="unknown"),
        pytest.param(0, False, False, id="no code"),
    ],
)
def test_what_a_code_means(code: int, temporary: bool, opted_out: bool) -> None:
    failure = explain(code)

    assert (failure.code, failure.temporary, failure.opted_out) == (code, temporary, opted_out)


def test_only_one_code_says_that_the_customer_opted_out() -> None:
    assert [code for code in errors._TABLE if explain(code).opted_out] == [21610]


def test_an_unknown_code_fails_its_own_message_only() -> None:
    assert explain(123456).kind is FailureKind.CONTENT
    assert "123456" in explain(123456).sentence


@pytest.mark.parametrize("code", [21606, 21659])
def test_what_may_be_the_customers_country_does_not_stop_a_short_code(code: int) -> None:
    assert explain(code, "72345").kind is FailureKind.RECIPIENT
    assert explain(code, "+12065550100").kind is FailureKind.SENDER
    assert explain(code).kind is FailureKind.SENDER


@pytest.mark.parametrize("code", errors._TABLE)
def test_every_sentence_says_what_happened_and_what_to_do(code: int) -> None:
    for sentence in (explain(code).sentence, explain(code, "72345").sentence):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert str(code) not in sentence
