"""How what was asked of Keva's services fails, in words for people. Whether that becomes an exit status or a page is
for the program that asked."""

from collections.abc import Mapping
from enum import Enum

from client.advice import advice, general_advice
from servicekit import errors


class FailureKind(Enum):
    """What went wrong, as far as it decides what whoever asked can do."""

    # It can never succeed as it was asked.
    UNUSABLE = "unusable"
    # What was named is not there.
    NOT_FOUND = "not found"
    # The state of things forbids it, or whoever asks may not.
    REFUSED = "refused"
    # Somebody else's change came first, or something that is needed is down: the same may succeed when asked again.
    TRY_AGAIN = "try again"
    UNREACHABLE = "unreachable"
    # What answers is not the service that was called, or does not trust us.
    NOT_TRUSTED = "not trusted"
    # Nobody said where Keva's certificates are, so none of its services can be asked.
    NO_KEVA = "no Keva"
    # We have no certificate that can be shown.
    NO_CERTIFICATE = "no certificate"
    # What answers does not know the RPC: an older release, or another service.
    UNKNOWN_RPC = "unknown RPC"


class Failure(Exception):
    """`message` is one or two sentences on what is wrong; `advice` says what to do about it, and may be empty.

    `reason` is from an error_reason.proto (empty: none fits), with the variables that it documents in `metadata`.
    `service` names the service that could not be talked to (empty: it did answer, or none was asked).
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        advice: str = "",
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        service: str = "",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.advice = advice
        self.reason = reason
        self.metadata = metadata or {}
        self.service = service


_KINDS: dict[type[errors.KevaError], FailureKind] = {
    errors.InvalidArgument: FailureKind.UNUSABLE,
    errors.NotFound: FailureKind.NOT_FOUND,
    errors.Aborted: FailureKind.TRY_AGAIN,
    errors.ResourceExhausted: FailureKind.TRY_AGAIN,
    errors.Unavailable: FailureKind.TRY_AGAIN,
}


def failure_of(error: errors.KevaError) -> Failure:
    """What a service answered."""
    kind = _KINDS.get(type(error), FailureKind.REFUSED)
    return Failure(kind, _sentence(error), advice(error), reason=error.reason, metadata=error.metadata)


def unusable(message: str, advice: str = "") -> Failure:
    """It cannot be done as it was asked."""
    return Failure(FailureKind.UNUSABLE, message, advice)


def not_found(message: str, advice: str = "", reason: str = "") -> Failure:
    """What was named is not there. A `reason` brings its own advice."""
    return Failure(FailureKind.NOT_FOUND, message, advice or general_advice(reason), reason=reason)


def refused(message: str, advice: str = "") -> Failure:
    """It cannot be done as things are."""
    return Failure(FailureKind.REFUSED, message, advice)


def _sentence(error: errors.KevaError) -> str:
    """The error's message as a sentence; a field at its start is written as people write it."""
    message, field = error.message, error.metadata.get("field", "")
    if field and message.startswith(field):
        message = field.rpartition(".")[2].replace("_", " ") + message.removeprefix(field)
    # The name of a service stays as it is.
    named = "_" in message.partition(" ")[0]
    capital = message if named else message[:1].upper() + message[1:]
    return capital if capital.endswith((".", "!", "?", "…")) else f"{capital}."
