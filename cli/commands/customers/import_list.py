"""`keva customers import`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.commands.customers.import_report import Report, show_report
from cli.session import Session
from cli.terminal import output
from cli.terminal.progress import Progress
from client.customer_lists.decoding import text_of
from client.customer_lists.reading import Line, read_list
from client.failure import Failure, refused
from keva.ticket.v1 import customer_import_pb2 as pb

_ROWS_PER_CALL = 200
_SECONDS = 60
FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The list, as CSV")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing")]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Let the list count where a person has edited a customer, too")
]
ConsentOption = Annotated[
    str,
    typer.Option(
        metavar="WHY", help='On which basis all of them may be texted, such as "signed the form of the spring fair"'
    ),
]
RegionOption = Annotated[
    str, typer.Option(metavar="CODE", help="The country of numbers without a country code, such as GB")
]
EncodingOption = Annotated[
    str, typer.Option(metavar="NAME", help="The file's encoding if it is not UTF-8, such as windows-1252")
]


async def import_list(
    session: Session,
    file: FileArgument,
    dry_run: DryRunOption = False,
    overwrite: OverwriteOption = False,
    consent: ConsentOption = "",
    region: RegionOption = "",
    encoding: EncodingOption = "",
) -> None:
    """Make customers of a CSV file, and complete those that are known: number, name, email, city, state, country, zip.

    The first line names the columns, in any order. All lines are checked before the first one is written; what is wrong
    with one stops no other. Empty cells take nothing away. Running it again changes nothing."""
    listed = read_list(text_of(file.read_bytes(), encoding))
    if listed.columns.unknown:
        output.remark(f"Columns that say nothing of a customer here: {', '.join(listed.columns.unknown)}")
    report = Report(listed.lines)
    options = pb.ImportCustomersRequest(
        workspace_id=session.workspace_id, region=region or session.region, overwrite=overwrite, consent_basis=consent
    )
    readable = [line for line in listed.lines if not line.wrong]
    await _send(session, readable, options, report, validate_only=True)
    report.replace_earlier()
    if not dry_run:
        await _send(session, report.to_write(), options, report, validate_only=False)
    show_report(report, session.settings.as_json, dry_run)
    if failed := report.count_failed():
        would = "cannot be" if dry_run else "were not"
        raise refused(f"{failed} of {len(listed.lines)} lines {would} imported.")


async def _send(
    session: Session, lines: Sequence[Line], options: pb.ImportCustomersRequest, report: Report, validate_only: bool
) -> None:
    with Progress("Lines checked" if validate_only else "Lines imported") as progress:
        for start in range(0, len(lines), _ROWS_PER_CALL):
            part = lines[start : start + _ROWS_PER_CALL]
            request = pb.ImportCustomersRequest(
                rows=[pb.CustomerRow(**line.values) for line in part], validate_only=validate_only
            )
            request.MergeFrom(options)
            try:
                answer = await session.ask(session.services.tickets.ImportCustomers, request, _SECONDS)
            except Failure:
                if start:
                    output.remark(
                        f"Before line {part[0].number} all went well. Run it again: that changes nothing twice."
                    )
                raise
            report.learn(part, answer.outcomes)
            progress.show(start + len(part), len(lines))
