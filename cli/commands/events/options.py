"""Which events, from where on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from google.protobuf.timestamp_pb2 import Timestamp

from cli.terminal import output
from cli.terminal.choices import TIMES_PAST
from client.failure import refused, unusable
from client.words.times import past_time_from_text, time_text

TypesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--types",
        metavar="TYPE,…",
        help="Only events of these types, such as message.received; docs/audit.md lists all",
    ),
]
WorkspaceOnlyOption = Annotated[
    bool, typer.Option("--in-workspace", help="Only events of the workspace that --workspace names")
]
FromTokenOption = Annotated[
    str,
    typer.Option(
        metavar="TOKEN|FILE",
        help="Go on behind this resume token, or where the file says, which is then kept up to date. A file's name "
        "has a dot or a slash in it; the file need not be there at first",
    ),
]
SinceOption = Annotated[str, typer.Option(metavar="TIME", help=f"Begin at this time: {TIMES_PAST}")]
TicketOption = Annotated[bool, typer.Option("--with-ticket", help="Each event with its ticket, as that is now")]
MessageOption = Annotated[bool, typer.Option("--with-message", help="Each event with its message, as that is now")]


def types_of(given: Sequence[str] | None) -> list[str]:
    """The types, which may be given one by one or with commas between them."""
    return [name.strip() for part in given or () for name in part.split(",") if name.strip()]


@dataclass(frozen=True)
class Start:
    """Where to begin: a token, else a time, else neither. `file` is where the newest token is kept."""

    token: str = ""
    time: Timestamp | None = None
    file: Path | None = None

    def keep(self, token: str) -> None:
        """What is dealt with need not come again. Raises Failure when the file cannot be written."""
        if self.file is None:
            return
        unfinished = self.file.with_name(f".{self.file.name}.unfinished")
        try:
            unfinished.write_text(f"{token}\n", encoding="utf-8")
            unfinished.replace(self.file)
        except OSError as error:
            raise refused(f"{self.file} cannot be written: {error.strerror}.") from None


def start_of(from_token: str, since: str) -> Start:
    """What was given of both. Raises Failure."""
    file = Path(from_token) if "." in from_token or "/" in from_token else None
    token = _read(file) if file else from_token
    return Start(token, None if token else _time(since), file)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise refused(f"{file} cannot be read: {error.strerror}.") from None


def _time(since: str) -> Timestamp | None:
    if not since:
        return None
    try:
        time = past_time_from_text(since, datetime.now(UTC))
    except ValueError as error:
        raise unusable(f"--since {since}: {error}.") from None
    output.remark(f"From {time_text(time)} on.")
    start = Timestamp()
    start.FromDatetime(time)
    return start
