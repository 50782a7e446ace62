"""`keva events list`."""

from typing import Annotated

import typer

from cli.commands.events.lines import columns
from cli.commands.events.options import (
    FromTokenOption,
    MessageOption,
    TicketOption,
    TypesOption,
    WorkspaceOnlyOption,
    start_of,
    types_of,
)
from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption
from keva.ticket.v1 import event_service_pb2
from servicekit.paging import MAX_PAGE_SIZE

_USUAL_START = "1h"


async def list_events(  # noqa: PLR0913, PLR0917 - one per filter
    session: Session,
    types: TypesOption = None,
    from_token: FromTokenOption = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Begin at this time, such as 2026-01-31T18:00, 36h or 7d (ago)")
    ] = _USUAL_START,
    in_workspace: WorkspaceOnlyOption = False,
    with_ticket: TicketOption = False,
    with_message: MessageOption = False,
    limit: LimitOption = 50,
    all_pages: AllOption = False,
) -> None:
    """List what happened, oldest first, from a resume token or a time on.

    With --json it is one object: the events, and the resume token behind them, with which the next call goes on
    (--from-token)."""
    start = start_of(from_token, since)
    request = event_service_pb2.ListEventsRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id if in_workspace else "",
        types=types_of(types),
        resume_token=start.token,
        start_time=start.time,
        include_ticket=with_ticket,
        include_message=with_message,
    )
    events, page = await _read(session, request, None if all_pages else limit)
    await remark_if_unknown(session, events)
    if session.settings.as_json:
        output.emit_json({"events": events, "resume_token": page.resume_token, "more": page.more})
    else:
        output.show_table(
            ["When", "Who", "Type", "What", "Details"], map(columns, events), "Nothing has happened since."
        )
        session.remarks.append(f"To go on from here: --from-token {page.resume_token}")
    start.keep(page.resume_token)


async def _read(
    session: Session, request: event_service_pb2.ListEventsRequest, limit: int | None
) -> tuple[list[event_service_pb2.Event], event_service_pb2.ListEventsResponse]:
    """At most `limit` events, and the last page of them."""
    found: list[event_service_pb2.Event] = []
    while True:
        request.page_size = MAX_PAGE_SIZE if limit is None else limit - len(found)
        page = await session.ask(session.services.events.ListEvents, request)
        found += page.events
        request.resume_token = page.resume_token
        if not page.more or (limit is not None and len(found) >= limit):
            return found, page
