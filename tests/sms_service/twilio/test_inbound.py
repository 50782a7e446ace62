"""Twilio's parameters as typed values."""

import pytest

from sms_service.domain.webhook import Webhook
from sms_service.twilio.inbound import read_message


@pytest.mark.parametrize("num_media", ["", "-1", "1e9", "٣", "99999999999999", "3.5", "banana"])
def test_senseless_media_counts_are_no_media(num_media: str) -> None:
    values = {"AccountSid": "AC", "MessageSid": "SM", "From": "+15551234567", "To": "+15550001000"}
    parameters = {**values, "NumMedia": num_media, "MediaUrl0": "https://api.twilio.com/a"}

    assert read_message(Webhook("", "", tuple(parameters.items())), "US").media == ()
