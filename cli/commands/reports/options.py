"""Which days a report is about, and how up to date it is."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import parser
from client.failure import unusable
from client.words.times import past_date_from_text

_DEFAULT_DAYS = 30


def _read(text: str) -> date:
    return past_date_from_text(text, datetime.now(UTC).date())


FromOption = Annotated[
    date | None,
    typer.Option(
        "--from", parser=parser(_read), metavar="DATE", help="The first day, such as 2026-01-31 or 7d (default: 29d)"
    ),
]
ToOption = Annotated[
    date | None,
    typer.Option(
        "--to", parser=parser(_read), metavar="DATE", help="The last day, such as 2026-01-31 (default: today)"
    ),
]


def days(first: date | None, last: date | None) -> tuple[str, str]:
    """The first and the last day. A workspace's today may have begun before UTC's: by default, tomorrow is in it.
    Raises Failure."""
    last = last or datetime.now(UTC).date() + timedelta(days=1)
    first = first or last - timedelta(days=_DEFAULT_DAYS)
    if last < first:
        raise unusable(f"--to is before --from: {last} is before {first}.", "Give the earlier day as --from.")
    return first.isoformat(), last.isoformat()


def remark(session: Session, answer: Any) -> None:
    """Says up to when it is counted, and what the days are."""
    counted = output.when(answer, "counted_time")
    session.remarks.append(f"Days of {answer.time_zone}; counted up to {counted or 'nothing yet'}.")
    if answer.counting_older:
        session.remarks.append("Tickets of before there were reports are still being counted.")
