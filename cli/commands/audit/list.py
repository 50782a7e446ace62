"""`keva audit`: who did what, and when."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.selection import find_ticket_id
from client.words.actors import actor_text
from keva.ticket.v1 import audit_service_pb2
from servicekit.audit.chain import ANCHORED


async def list_records(
    session: Session,
    ticket: Annotated[
        str, typer.Option(metavar="TICKET", help="Only records of this ticket: its number (12) or id (tkt_…)")
    ] = "",
    action: Annotated[
        str, typer.Option(metavar="ACTION", help="Only records of this action, such as channel.created")
    ] = "",
    in_workspace: Annotated[
        bool, typer.Option("--in-workspace", help="Only records of the workspace that --workspace names")
    ] = False,
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the organization's audit records, newest first. They hold no text, no secret and no whole phone number."""
    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id if in_workspace else "",
        ticket_id=await find_ticket_id(session, ticket) if ticket else "",
        action=action,
    )
    pages = Pages(limit, page_token, all_pages)
    found = await listed(
        session, session.services.audit.ListAuditRecords, request, lambda page: page.audit_records, pages
    )
    await remark_if_unknown(session, found)
    if session.settings.as_json:
        return output.emit_json(found)
    return output.show_table(
        ["When", "Who", "Action", "What", "Details"],
        [_row(record) for record in found],
        "There is no such audit record.",
    )


def _row(record: audit_service_pb2.AuditRecord) -> Sequence[output.Cell]:
    if record.action == ANCHORED:
        details = f"tickets={len(record.details)}"
    else:
        details = ", ".join(f"{name}={value}" for name, value in sorted(record.details.items()))
    when = output.when_stacked(record, "record_time")
    return when, actor_text(record.actor), record.action, record.subject_id, details
