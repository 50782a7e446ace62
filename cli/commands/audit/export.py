"""`keva audit export`: the audit trail as JSON Lines, to be kept and verified elsewhere."""

import sys
from pathlib import Path
from typing import Annotated, TextIO

import typer

from cli.commands.audit.options import ChainOption, WorkspaceOnlyOption
from cli.session import Session
from cli.terminal import output
from cli.terminal.files import replacing
from cli.terminal.progress import Progress
from client.selection import find_ticket_id
from keva.ticket.v1 import audit_service_pb2

_SECONDS = 60.0


async def export(
    session: Session,
    ticket: ChainOption = "",
    in_workspace: WorkspaceOnlyOption = False,
    output_file: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file, not to standard output")
    ] = None,
) -> None:
    """Write the audit trail as JSON Lines, to keep and verify it elsewhere.

    Chain by chain, each record is written as it was signed, and after the last one the signed end of the chain. keva
    audit verify --file verifies the file wherever the audit key is."""
    request = audit_service_pb2.ExportAuditTrailRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id if in_workspace or ticket else "",
        ticket_id=await find_ticket_id(session, ticket) if ticket else "",
    )
    if output_file is None:
        return await _write(session, request, sys.stdout)
    # The last good export stays until there is another one.
    with replacing(output_file) as opened:
        return await _write(session, request, opened)


async def _write(session: Session, request: audit_service_pb2.ExportAuditTrailRequest, to: TextIO) -> None:
    with Progress("exporting") as shown:
        while True:
            part = await session.ask(session.services.audit.ExportAuditTrail, request, _SECONDS)
            to.writelines(f"{line}\n" for line in part.lines)
            shown.show(part.exported_records, part.total_records)
            if not part.next_page_token:
                break
            request.page_token = part.next_page_token
    output.remark(f"Exported {part.exported_records} audit records.")
