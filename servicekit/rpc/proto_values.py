"""Values of protobuf messages checked and translated: required fields, enums, times."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, overload

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from servicekit import errors

Value = TypeVar("Value")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS = 86_400


def require(request: Message, *fields: str) -> None:
    """Raises InvalidArgument FIELD_REQUIRED for the first of `fields` that is empty."""
    for field in fields:
        if not getattr(request, field):
            raise errors.required(field)


def enum_from_proto(enum: Any, number: int, of_name: Callable[[str], Value], field: str) -> Value:
    """What a protobuf enum's number stands for: `of_name` makes it of the value's name without the enum's prefix, such
    as HIGH for PRIORITY_HIGH. `field` is its name in the request.

    Raises InvalidArgument: FIELD_REQUIRED for UNSPECIFIED, FIELD_INVALID for a number that is not known.
    """
    if number == 0:
        raise errors.required(field)
    if number not in enum.values():
        raise errors.invalid(field, f"has the unknown value {number}")
    return of_name(enum.Name(number).removeprefix(_prefix(enum)))


def optional_enum_from_proto(enum: Any, number: int, of_name: Callable[[str], Value], field: str) -> Value | None:
    """The same, with None for UNSPECIFIED."""
    return None if number == 0 else enum_from_proto(enum, number, of_name, field)


@cache
def enum_to_proto(enum: Any, name: str) -> Any:
    """The number of a protobuf enum's value, by its name without the enum's prefix; empty is UNSPECIFIED."""
    return enum.Value(_prefix(enum) + (name or "UNSPECIFIED"))


@cache
def _prefix(enum: Any) -> str:
    return str(enum.Name(0)).removesuffix("UNSPECIFIED")


@overload
def timestamp(time: datetime) -> Timestamp: ...


@overload
def timestamp(time: None) -> None: ...


def timestamp(time: datetime | None) -> Timestamp | None:
    """A time, in whichever zone, as protobuf has it; None stays unset."""
    if time is None:
        return None
    # A list has hundreds, and FromDatetime takes four times as long.
    since = time - _EPOCH
    return Timestamp(seconds=since.days * _DAY_SECONDS + since.seconds, nanos=since.microseconds * 1000)
