"""What replies and notes have in common: where the text comes from, and writing nothing twice."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from cli.terminal import output
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

_MAY_HAVE_WRITTEN = (FailureKind.TRY_AGAIN, FailureKind.UNREACHABLE)


def read_text(given: str) -> str:
    """The text that was given, or standard input for `-`. Raises Failure when it is empty, UnicodeError when it is not
    UTF-8."""
    text = sys.stdin.buffer.read().decode("utf-8").removesuffix("\n") if given == "-" else given
    if not text.strip():
        raise unusable("The text is empty.")
    # Arguments that are not UTF-8 arrive as surrogates, which no message can hold.
    text.encode("utf-8")
    return text


@contextmanager
def repeatable(option: str) -> Iterator[None]:
    """Around the call that writes: when it fails or is interrupted, it may have written or not. Says then that the
    `option`, such as "--request-id ID", makes asking again safe; nothing if it is empty, as for what only looks."""
    how = f"To try again and not write twice, add {option}"
    try:
        yield
    except Failure as failure:
        if option and (failure.kind in _MAY_HAVE_WRITTEN or failure.reason == "INTERNAL"):
            failure.add_note(how)
        raise
    except asyncio.CancelledError:
        if option:
            output.remark(f"Whether it is written is not known. {how}")
        raise
