"""Every error that a command can meet says what to do."""

import pytest

from cli.advice import advice
from keva.sms.v1 import error_reason_pb2 as sms_reasons
from keva.ticket.v1 import error_reason_pb2 as ticket_reasons
from servicekit.errors import FailedPrecondition, Internal, KevaError, NotFound

# Met by services and Twilio's webhooks only, or bugs.
_NOT_FOR_PEOPLE = {"UNSPECIFIED", "MESSAGE_NOT_FOUND", "MESSAGE_REJECTED", "SIGNATURE_INVALID", "INTERNAL"}
_REASONS = {
    name.removeprefix("ERROR_REASON_")
    for reasons in (ticket_reasons.ErrorReason, sms_reasons.ErrorReason)
    for name in reasons.DESCRIPTOR.values_by_name
}


@pytest.mark.parametrize("reason", sorted(_REASONS - _NOT_FOR_PEOPLE))
def test_every_reason_has_advice(reason: str) -> None:
    assert advice(KevaError(reason, "it failed"))


def test_advice_names_the_ticket_to_go_on_with() -> None:
    error = FailedPrecondition("THREAD_HAS_LIVE_TICKET", "the thread has another", live_ticket_id="tkt_7")
    assert "keva tickets show tkt_7" in advice(error)


def test_a_removed_channel_is_told_from_an_unknown_one() -> None:
    unknown = advice(NotFound("CHANNEL_NOT_FOUND", "there is none"))
    removed = advice(FailedPrecondition("CHANNEL_NOT_FOUND", "it was removed"))
    assert "keva channels list" in unknown
    assert "brings it back" in removed


def test_a_bug_is_found_in_the_log() -> None:
    assert "4711" in advice(Internal("INTERNAL", "internal error", error_id="4711"))
