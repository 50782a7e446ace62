"""Options and arguments that are written in words, and mean values of the API."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from client.words.actors import assignee_from_text
from client.words.times import duration_from_text, future_time_from_text, past_time_from_text
from keva.ticket.v1 import routing_pb2

Value = TypeVar("Value")

_ASSIGNEE_WORDS = "nobody|ai|me|AGENT"


def parser(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """`read` as typer's parser: its ValueError becomes the message to whoever typed."""

    def parse(text: str) -> Value:
        try:
            return read(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return parse


_TIMES = "2026-01-31T18:00, of this machine's time zone unless one is given (2026-01-31T18:00Z)"
TIMES_TO_COME = f"as keva prints times, or such as 18:00, 36h or 7d from now, or {_TIMES}"
TIMES_PAST = f"as keva prints times, or such as 36h or 7d (ago), 2026-01-31, or {_TIMES}"

parse_assignee = parser(assignee_from_text)
parse_duration = parser(duration_from_text)
parse_past_time = parser(lambda text: past_time_from_text(text, datetime.now(UTC)))
parse_future_time = parser(lambda text: future_time_from_text(text, datetime.now(UTC)))

AssigneeArgument = Annotated[
    routing_pb2.Assignee,
    typer.Argument(
        parser=parse_assignee, metavar="ASSIGNEE", help=f"{_ASSIGNEE_WORDS}, an agent by e-mail address or id"
    ),
]


def assignee_option(help_text: str) -> Any:
    """An option that names an assignee."""
    return typer.Option(parser=parse_assignee, metavar=_ASSIGNEE_WORDS, help=help_text)
