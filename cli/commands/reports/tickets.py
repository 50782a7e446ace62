"""`keva reports tickets`."""

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, TextIO

import typer

from cli.commands.reports.options import FromOption, ToOption, days, remark
from cli.session import Session
from cli.terminal import output
from cli.terminal.files import replacing
from cli.terminal.spreadsheet import cell
from client.failure import unusable
from client.lists import list_channels
from client.paging import all_pages
from client.words.actors import actor_text, assignee_text
from client.words.enums import enum_name, priority_name
from client.words.times import length_text
from keva.ticket.v1 import hand_off_pb2, ticket_service_pb2
from keva.ticket.v1 import report_service_pb2 as pb

CsvOption = Annotated[bool, typer.Option("--csv", help="Write comma-separated values, for a spreadsheet")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="With --csv: write to this file")
]
_COLUMNS = (
    *("ticket", "ticket_id", "number_texted", "state", "priority", "assignee", "created"),
    *("first_answer", "first_answer_seconds", "first_answer_by"),
    *("resolved", "resolution_seconds", "resolved_by", "closed"),
    *("texts_in", "texts_out", "ai_answers", "hand_offs", "last_hand_off_reason", "failures", "reopened"),
)  # fmt: skip


async def tickets(
    session: Session,
    from_: FromOption = None,
    to: ToOption = None,
    as_csv: CsvOption = False,
    output_file: OutputOption = None,
) -> None:
    """List the tickets that were created on these days, each with how long its customer waited, and what was counted.

    With --csv it is a table for a spreadsheet: times are UTC, and waiting is in seconds."""
    if output_file is not None and not as_csv:
        raise unusable("--output is for --csv.", "Add --csv.")
    first, until = days(from_, to)
    request = pb.ListTicketReportRowsRequest(workspace_id=session.workspace_id, from_date=first, to_date=until)
    last = pb.ListTicketReportRowsResponse()

    def rows_of(page: pb.ListTicketReportRowsResponse) -> Sequence[pb.TicketReportRow]:
        last.CopyFrom(page)
        return page.rows

    rows = await all_pages(session, session.services.reports.ListTicketReportRows, request, rows_of)
    if session.settings.as_json and not as_csv:
        return output.emit_json(rows)
    numbers = {c.channel_id: c.phone_number for c in await list_channels(session)} if rows else {}
    remark(session, last)
    if as_csv:
        return _write(rows, numbers, output_file)
    return output.show_table(
        ["#", "State", "Assignee", "Created", "First answer", "Resolution", "In", "Out", "AI", "Number"],
        [_row(row, numbers) for row in rows],
        "No ticket was created on these days.",
    )


def _row(row: pb.TicketReportRow, numbers: Mapping[str, str]) -> Sequence[output.Cell]:
    return (
        str(row.number),
        _state(row),
        assignee_text(row.assignee),
        output.when_stacked(row, "create_time"),
        length_text(row.first_answer) if row.HasField("first_answer") else "",
        length_text(row.resolution) if row.HasField("resolution") else "",
        *(str(count) for count in (row.texts_in, row.texts_out, row.ai_answers)),
        numbers.get(row.channel_id, row.channel_id),
    )


def _write(rows: Sequence[pb.TicketReportRow], numbers: Mapping[str, str], file: Path | None) -> None:
    if file is None:
        return _write_to(sys.stdout, rows, numbers)
    with replacing(file, newline="") as opened:
        return _write_to(opened, rows, numbers)


def _write_to(to: TextIO, rows: Sequence[pb.TicketReportRow], numbers: Mapping[str, str]) -> None:
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([cell(value) for value in _values(row, numbers)])


def _values(row: pb.TicketReportRow, numbers: Mapping[str, str]) -> Sequence[str | int]:
    reason = enum_name(hand_off_pb2.HandOffReason, row.hand_off_reason) if row.hand_off_reason else ""
    return (
        *(row.number, row.ticket_id, numbers.get(row.channel_id, row.channel_id)),
        *(_state(row), priority_name(row.priority) if row.priority else "", assignee_text(row.assignee)),
        *(_time(row, "create_time"), _time(row, "first_answer_time"), _seconds(row, "first_answer")),
        *(_who(row, "first_answer_by"), _time(row, "resolve_time"), _seconds(row, "resolution")),
        *(_who(row, "resolved_by"), _time(row, "close_time"), row.texts_in, row.texts_out, row.ai_answers),
        *(row.hand_offs, reason, row.failures, row.reopened),
    )


def _state(row: pb.TicketReportRow) -> str:
    return enum_name(ticket_service_pb2.TicketState, row.state) if row.state else ""


def _time(row: pb.TicketReportRow, field: str) -> str:
    return getattr(row, field).ToDatetime().isoformat(" ", "seconds") if row.HasField(field) else ""  # type: ignore[arg-type]


def _seconds(row: pb.TicketReportRow, field: str) -> str | int:
    return int(getattr(row, field).seconds) if row.HasField(field) else ""  # type: ignore[arg-type]


def _who(row: pb.TicketReportRow, field: str) -> str:
    return actor_text(getattr(row, field)) if row.HasField(field) else ""  # type: ignore[arg-type]
