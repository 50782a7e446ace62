"""What can be done with a reply that failed follows from what its code means, as sms_service knows it."""

import pytest

from console.pages.ticket.thread.deliveries import delivery_words
from keva.ticket.v1 import message_pb2
from sms_service.domain.provider_errors import FailureKind
from sms_service.twilio.errors import _FAILURES

# Its carrier may know our number later; a trial account sends shorter texts.
_OTHERWISE = {30024, 30044}


def _may(code: int) -> tuple[bool, bool]:
    delivery = message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_FAILED, error_code=code)
    words = delivery_words(message_pb2.Message(delivery=delivery))
    return words.may_retry, words.may_reword


@pytest.mark.parametrize("code", sorted(_FAILURES.keys() - _OTHERWISE))
def test_the_same_text_goes_again_unless_it_or_its_address_is_refused(code: int) -> None:
    kind = _FAILURES[code].kind

    is_text, is_address = kind is FailureKind.CONTENT, kind in (FailureKind.RECIPIENT, FailureKind.OPTED_OUT)

    assert _may(code) == (not is_text and not is_address, is_text)


def test_codes_that_are_not_what_their_kind_is() -> None:
    assert {code: _may(code) for code in (0, 30024, 30044, 99999)} == {
        0: (True, False),
        30024: (True, False),
        30044: (False, True),
        99999: (True, False),
    }
