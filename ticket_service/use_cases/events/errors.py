"""The errors of events, each with its reason from error_reason.proto."""

from datetime import UTC, datetime

from servicekit.errors import OVERLOADED, FailedPrecondition, InvalidArgument, Unavailable


def resume_token_invalid() -> InvalidArgument:
    """Whatever was not sealed for them."""
    return InvalidArgument(
        "RESUME_TOKEN_INVALID",
        "resume_token was not given for this organization and workspace; begin again without it, or with start_time",
    )


def resume_token_expired(start_time: datetime) -> FailedPrecondition:
    """The oplog does not reach back that far."""
    start = f"{start_time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return FailedPrecondition(
        "RESUME_TOKEN_EXPIRED",
        "the database does not know any more what followed this resume_token; ask again without it, with start_time "
        f"{start}: nothing is missed, and some events come again",
        start_time=start,
    )


def too_many_watchers(most: int) -> Unavailable:
    """A stream each."""
    return Unavailable(OVERLOADED, f"{most} streams of events are followed here already; try again later")
