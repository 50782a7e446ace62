"""Half of a character, as it remains where a carrier cuts a text: it has no UTF-8 form, and may have been signed."""

import pytest

from gateway.convert import SignedWebhook, webhook_to_proto
from gateway.form import Parameters, parse_form
from keva.sms.v1 import sms_service_pb2


def _parameter(value: str) -> sms_service_pb2.Parameter:
    parameters: Parameters = [("Body", value)]
    return webhook_to_proto(SignedWebhook("", "", "", parameters)).parameters[0]


@pytest.mark.parametrize("body", [b"Body=hi+%ED%A0%BD&To=a", b"Body=hi+\xed\xa0\xbd&To=a"], ids=["escaped", "plain"])
def test_it_is_read(body: bytes) -> None:
    assert parse_form(body) == [("Body", "hi \ud83d"), ("To", "a")]


def test_it_travels_as_text_and_as_it_came() -> None:
    half = _parameter("hi \ud83d")

    assert (half.value, half.raw_value) == ("hi \ufffd", b"hi \xed\xa0\xbd")


def test_whole_text_travels_once() -> None:
    whole = _parameter("hi 😀")

    assert (whole.value, whole.raw_value) == ("hi 😀", b"")
