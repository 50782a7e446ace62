"""How fast Twilio lets a number send."""

import pytest

from sms_service.twilio.sending_rate import segments_per_second


@pytest.mark.parametrize(
    ("number", "rate"),
    [
        pytest.param("+12065550100", 1, id="long code"),
        pytest.param("+18885550100", 3, id="toll-free"),
        pytest.param("12345", 100, id="short code"),
        pytest.param("whatsapp:+12065550100", 1, id="another kind"),
    ],
)
def test_rate_is_that_of_the_numbers_kind(number: str, rate: float) -> None:
    assert segments_per_second(number) == rate
