"""The errors that use cases raise. Each has a reason for machines and a sentence for people; neither holds a secret,
a text or a whole phone number. `rpc/errors_to_statuses.py` alone turns them into gRPC statuses."""

from collections.abc import Mapping

# The reason of whoever has too much to do: asking again at once makes it worse.
OVERLOADED = "OVERLOADED"


class KevaError(Exception):
    """An expected failure.

    `reason` is an UPPER_SNAKE name from the package's error_reason.proto; `metadata` holds every variable of the
    message, as strings.
    """

    def __init__(self, reason: str, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata: Mapping[str, str] = metadata


class InvalidArgument(KevaError):
    """The request can never succeed as it is."""


class NotFound(KevaError):
    """What the request names does not exist, or not for this tenant."""


class AlreadyExists(KevaError):
    """What the request would create is there already."""


class FailedPrecondition(KevaError):
    """The system's state forbids it until somebody changes that state."""


class PermissionDenied(KevaError):
    """The caller may not do this."""


class Aborted(KevaError):
    """A race was lost; the same request may succeed when asked again."""


class ResourceExhausted(KevaError):
    """A limit was reached; ask again later."""


class Unavailable(KevaError):
    """Something that is needed is down; nothing was changed, ask again."""


class Internal(KevaError):
    """A bug, here or in the peer; the details are in the log under an error id."""


def required(field: str) -> InvalidArgument:
    """The error for an empty required field; `field` is its name in the request."""
    return InvalidArgument("FIELD_REQUIRED", f"{field} is required", field=field)


def invalid(field: str, why: str) -> InvalidArgument:
    """The error for a field whose value cannot be used; `why` completes "<field> …"."""
    return InvalidArgument("FIELD_INVALID", f"{field} {why}", field=field)
