"""What commands print: tables for people, JSON for scripts. Everything that is printed passes `visible`. Rich is
imported when something is printed with it, since it takes long, and --json needs none."""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

import typer
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from cli.terminal import visible
from client.failure import refused, unusable
from client.words.times import time_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# One line, or several that stand on top of each other where the terminal is narrow and side by side elsewhere.
Cell = str | tuple[str, ...]

_WIDE = 130
_PHONE_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_UNLIMITED = 100_000
_WIDE_NUMBERS = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
_STATE_STYLES = {
    "OPEN": "yellow",
    "URGENT": "bold red",
    "FAILED": "bold red",
    "DELIVERED": "green",
    "READ": "green",
    "RESOLVED": "green",
    "CLOSED": "dim",
    "OK": "green",
    "NOTE": "yellow",
    "WRONG": "bold red",
    "NO ANSWER": "bold red",
}


def _console(stderr: bool) -> "Console":
    from rich.console import Console  # noqa: PLC0415

    stream = sys.stderr if stderr else sys.stdout
    # Output that is piped is cut or searched by line: a row stays one line, however long.
    width = None if stream.isatty() or os.environ.get("COLUMNS") else _UNLIMITED
    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def _styled(text: str, style: str = "", overflow: Any = None) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    return Text(text, style=style, overflow=overflow)


def say(text: str = "", style: str | None = None) -> None:
    """One line for people on standard output. The terminal breaks it, so that what is copied is whole."""
    _console(stderr=False).print(_styled(visible.line(text), style or ""), soft_wrap=True)


def say_indented(text: str, style: str | None = None) -> None:
    """A customer's or agent's text, line by line, each indented, also where it wraps."""
    console = _console(stderr=False)
    for part in visible.lines(text):
        wrapped = _styled(part, style or "").wrap(console, max(console.width - 4, 20))
        for row in wrapped or [_styled("")]:
            console.print(_styled("    ") + row)


def remark(text: str) -> None:
    """One line beside the output proper, on standard error."""
    _console(stderr=True).print(_styled(visible.line(text), "dim"), soft_wrap=True)


def complain(message: str, hint: str) -> None:
    """Why the command failed, and what to do, on standard error."""
    console = _console(stderr=True)
    console.print(_styled("keva: ", "bold red") + _styled(visible.line(message)), soft_wrap=True)
    if hint:
        console.print(_styled(f"      {visible.line(hint)}"), soft_wrap=True)


def confirm(question: str) -> None:
    """Asks; raises Failure unless the answer is yes, and where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise unusable("There is no terminal to ask whether you are sure.", "Add --yes if you are.")
    if not typer.confirm(visible.line(question), err=True):
        raise refused("Nothing was changed.")


def agreed(question: str, default: bool) -> bool:
    """The answer of whoever is at the terminal; no when they leave."""
    try:
        return typer.confirm(visible.line(question), default=default, err=True)
    except typer.Abort:
        return False


def show_table(headers: Sequence[str], rows: Iterable[Sequence[Cell]], empty: str) -> None:
    """A table, or the sentence `empty` on standard error when it has no rows."""
    from rich.table import Table  # noqa: PLC0415

    console = _console(stderr=False)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    filled = list(rows)
    for index, header in enumerate(headers):
        table.add_column(header, overflow="fold", min_width=_longest_number(row[index] for row in filled))
    for row in filled:
        table.add_row(*(_text(cell, stacked=console.width < _WIDE) for cell in row))
    if not table.rows:
        return remark(empty)
    with console.capture() as capture:
        console.print(table)
    for printed in capture.get().splitlines():
        print(printed.rstrip())
    return None


def _longest_number(cells: Iterable[Cell]) -> int:
    """The width that keeps phone numbers whole: agents read them out and copy them."""
    parts = (part for cell in cells for part in ((cell,) if isinstance(cell, str) else cell))
    return max((len(part) for part in parts if _PHONE_NUMBER.fullmatch(part)), default=0)


def _text(cell: Cell, stacked: bool) -> "Text":
    parts = (cell,) if isinstance(cell, str) else tuple(part for part in cell if part)
    safe = [visible.line(part) for part in parts]
    texts = [_styled(part, _STATE_STYLES.get(part, ""), overflow="fold") for part in safe]
    return _styled("\n" if stacked else "  ").join(texts)


def show_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Names and values, one pair per line; pairs without a value are left out."""
    filled = [(name, value) for name, value in fields if value]
    width = max((len(name) for name, _ in filled), default=0)
    for name, value in filled:
        say(f"{name:<{width}} {value}")


def emit_json(value: Message | Sequence[Message] | dict[str, Any]) -> None:
    """`value` as JSON with the names of the protos: one object, or one array."""
    plain = [as_plain(item) for item in value] if isinstance(value, Sequence) else as_plain(value)
    encodes_all = (sys.stdout.encoding or "").lower().startswith("utf")
    print(visible.json_text(json.dumps(plain, indent=2, ensure_ascii=not encodes_all)))


def as_plain(value: Any) -> Any:
    """Protobuf messages, also inside of a dict or list, as what json can write."""
    if isinstance(value, Message):
        return _message_as_dict(value)
    if isinstance(value, dict):
        return {name: as_plain(item) for name, item in value.items()}
    return [as_plain(item) for item in value] if isinstance(value, list) else value


def _message_as_dict(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _with_numbers(plain, message.DESCRIPTOR.fields_by_name)


def _with_numbers(plain: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Protobuf's JSON writes 64-bit numbers as strings; ours (ticket numbers, sequences) are exact as numbers."""
    return {name: _with_number(value, fields[name]) for name, value in plain.items()}


def _with_number(value: Any, field: Any) -> Any:
    if isinstance(value, list):
        return [_with_number(item, field) for item in value]
    if isinstance(value, dict):
        held = field.message_type
        if not held.GetOptions().map_entry:
            return _with_numbers(value, held.fields_by_name)
        return {key: _with_number(item, held.fields_by_name["value"]) for key, item in value.items()}
    return int(value) if field.cpp_type in _WIDE_NUMBERS else value


def when(message: Message, field: str) -> str:
    """The time in `field` in this time zone, which it names; empty when it is unset."""
    time = getattr(message, field)
    if not message.HasField(field) or not isinstance(time, Timestamp):
        return ""
    return time_text(time.ToDatetime(UTC))


def when_stacked(message: Message, field: str) -> Cell:
    """The same with date and time in two parts."""
    return tuple(when(message, field).split(" "))
