"""What replies and notes have in common: where the text comes from, and writing nothing twice."""

import sys
from typing import Annotated

import typer

from client.failure import Failure, FailureKind, unusable

TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="The text; - reads it from standard input")]
RequestIdOption = Annotated[
    str,
    typer.Option(
        "--request-id",
        metavar="ID",
        help="A command that is repeated with the same id writes nothing twice (default: a new UUID)",
    ),
]


def read_text(given: str) -> str:
    """The text that was given, or standard input for `-`. Raises Failure when it is empty, UnicodeError when it is not
    UTF-8."""
    text = sys.stdin.buffer.read().decode("utf-8").removesuffix("\n") if given == "-" else given
    if not text.strip():
        raise unusable("The text is empty.")
    # Arguments that are no UTF-8 arrive as surrogates, which no message can hold.
    text.encode("utf-8")
    return text


def with_request_id(failure: Failure, request_id: str) -> Failure:
    """Whether the text was stored may be unknown: the same request id makes asking again safe."""
    if failure.kind in (FailureKind.TRY_AGAIN, FailureKind.UNREACHABLE) or failure.reason == "INTERNAL":
        failure.add_note(f"To try again and not write twice, add --request-id {request_id}")
    return failure
