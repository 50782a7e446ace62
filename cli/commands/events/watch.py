"""`keva events watch`."""

from cli.commands.events.lines import columns, interrupted, print_json, print_line
from cli.commands.events.options import (
    FromTokenOption,
    MessageOption,
    SinceOption,
    TicketOption,
    TypesOption,
    WorkspaceOnlyOption,
    start_of,
    types_of,
)
from cli.session import Session
from client.events import follow_events
from keva.ticket.v1 import event_service_pb2


async def watch_events(
    session: Session,
    types: TypesOption = None,
    from_token: FromTokenOption = "",
    since: SinceOption = "",
    in_workspace: WorkspaceOnlyOption = False,
    with_ticket: TicketOption = False,
    with_message: MessageOption = False,
) -> None:
    """Print what happens, as it happens, until Ctrl-C. With --json, one object per line.

    It goes on by itself when the connection is lost or a service restarts. Each event comes at least once, and those
    of one ticket in the order of their sequence; after an interruption some may come again."""
    start = start_of(from_token, since)
    request = event_service_pb2.WatchEventsRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id if in_workspace else "",
        types=types_of(types),
        resume_token=start.token,
        start_time=start.time,
        include_ticket=with_ticket,
        include_message=with_message,
    )
    async for response in follow_events(session, request, interrupted):
        if session.settings.as_json:
            print_json(response)
        else:
            for event in response.events:
                print_line("  ".join(filter(None, columns(event))))
        start.keep(response.resume_token)
