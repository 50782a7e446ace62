"""`keva tickets tag`, `untag` and `tags`."""

from typing import Annotated, Any

import typer

from cli.commands.tickets.work.several import TicketsArgument, change_tickets
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from keva.ticket.v1 import ticket_service_pb2 as pb

_UNCOUNTED = 1000


def _tags(help_text: str) -> Any:
    return typer.Option("--tag", "-t", metavar="TAG", help=help_text)


async def tag(
    session: Session,
    tickets: TicketsArgument,
    tags: Annotated[list[str], _tags("A tag to add; repeat it for several")],
) -> None:
    """Add tags to tickets."""

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.AddTagsRequest(workspace_id=session.workspace_id, ticket_id=ticket_id, tags=tags)
        return (await session.ask(session.services.tickets.AddTags, request)).ticket

    change = pb.BatchUpdateTicketsRequest(tag=pb.BatchUpdateTicketsRequest.TagChange(add=tags))
    await change_tickets(session, tickets, one, change, _tagged)


async def untag(
    session: Session,
    tickets: TicketsArgument,
    tags: Annotated[list[str], _tags("A tag to remove; repeat it for several")],
) -> None:
    """Remove tags from tickets."""

    async def one(ticket_id: str) -> pb.Ticket:
        request = pb.RemoveTagsRequest(workspace_id=session.workspace_id, ticket_id=ticket_id, tags=tags)
        return (await session.ask(session.services.tickets.RemoveTags, request)).ticket

    change = pb.BatchUpdateTicketsRequest(tag=pb.BatchUpdateTicketsRequest.TagChange(remove=tags))
    await change_tickets(session, tickets, one, change, _tagged)


async def tags_in_use(
    session: Session, limit: LimitOption = 50, page_token: PageTokenOption = "", all_pages: AllOption = False
) -> None:
    """List the tags that the workspace's tickets have, and how many have each."""
    request, pages = pb.ListTagsRequest(workspace_id=session.workspace_id), Pages(limit, page_token, all_pages)
    found = await listed(session, session.services.tickets.ListTags, request, lambda page: page.tags, pages)
    if session.settings.as_json:
        return output.emit_json(found)
    return output.show_table(
        ["Tag", "Tickets"],
        [(f.tag, f"{_UNCOUNTED}+" if f.ticket_count >= _UNCOUNTED else str(f.ticket_count)) for f in found],
        f"No ticket of the workspace {session.workspace_id} has a tag.",
    )


def _tagged(ticket: pb.Ticket) -> str:
    return f"has the tags {', '.join(ticket.tags)}" if ticket.tags else "has no tags"
