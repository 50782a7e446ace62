"""A service's error as a sentence for people."""

import pytest

from client.failure import FailureKind, failure_of, not_found, refused, unusable
from servicekit.errors import AlreadyExists, InvalidArgument, Unavailable, invalid, required


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("the ticket is closed", "The ticket is closed."),
        ("Twilio refuses it.", "Twilio refuses it."),
        ("is that right?", "Is that right?"),
        ("wait …", "Wait …"),
    ],
)
def test_a_message_is_a_sentence(message: str, sentence: str) -> None:
    assert failure_of(AlreadyExists("CHANNEL_ALREADY_EXISTS", message)).message == sentence


def test_a_field_is_written_as_people_write_it() -> None:
    assert failure_of(required("phone_number")).message == "Phone number is required."
    assert failure_of(invalid("ai_profile.hand_off_rules", "may be at most 50")).message == (
        "Hand off rules may be at most 50."
    )
    assert failure_of(InvalidArgument("FIELD_INVALID", "it is wrong", field="text")).message == "It is wrong."


def test_variables_are_passed_on() -> None:
    failure = failure_of(Unavailable("KEY_RING_NOT_READY", "not yet", key_id="key-2"))

    assert (failure.kind, failure.metadata) == (FailureKind.TRY_AGAIN, {"key_id": "key-2"})
    assert str(failure) == "Not yet."


def test_a_failure_of_one_s_own_brings_the_advice_of_its_reason() -> None:
    known = not_found("There is none.", reason="TICKET_NOT_FOUND")

    assert (known.kind, known.advice) == (FailureKind.NOT_FOUND, failure_of(known_error()).advice)
    assert not_found("There is none.", "Look elsewhere.").advice == "Look elsewhere."
    assert (unusable("No.").kind, refused("No.").kind) == (FailureKind.UNUSABLE, FailureKind.REFUSED)


def known_error() -> InvalidArgument:
    """What the service itself would answer."""
    return InvalidArgument("TICKET_NOT_FOUND", "there is none")
