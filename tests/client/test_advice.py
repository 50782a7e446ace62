"""Every error that people can meet says what to do, whatever program they use."""

import pytest

from client.advice import advice
from keva.sms.v1 import error_reason_pb2 as sms_reasons
from keva.ticket.v1 import error_reason_pb2 as ticket_reasons
from servicekit.errors import FailedPrecondition, Internal, KevaError, NotFound

# Met by services and Twilio's webhooks only, or bugs.
_NOT_FOR_PEOPLE = {"UNSPECIFIED", "MESSAGE_NOT_FOUND", "MESSAGE_REJECTED", "SIGNATURE_INVALID", "INTERNAL"}
REASONS = sorted(
    {
        name.removeprefix("ERROR_REASON_")
        for reasons in (ticket_reasons.ErrorReason, sms_reasons.ErrorReason)
        for name in reasons.DESCRIPTOR.values_by_name
    }
    - _NOT_FOR_PEOPLE
)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_advice_that_holds_in_any_program(reason: str) -> None:
    words = advice(KevaError(reason, "it failed"))

    assert words
    assert "keva " not in words
    assert "--" not in words


def test_a_removed_channel_is_told_from_an_unknown_one() -> None:
    unknown = advice(NotFound("CHANNEL_NOT_FOUND", "there is none"))
    removed = advice(FailedPrecondition("CHANNEL_NOT_FOUND", "it was removed"))
    assert "first" in unknown
    assert "brings it back" in removed


def test_a_bug_is_found_in_the_log() -> None:
    assert "4711" in advice(Internal("INTERNAL", "internal error", error_id="4711"))
    assert advice(Internal("INTERNAL", "internal error")) == ""


def test_an_unknown_reason_has_none() -> None:
    assert advice(KevaError("OF_A_NEWER_SERVICE", "it failed")) == ""
