"""`keva replies`: texts that are kept for re-use."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.command import command
from cli.commands.tickets.saved_text import saved_reply_id_of
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.writing import TextArgument, read_text
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.failure import unusable
from client.selection import find_ticket_id
from keva.ticket.v1 import saved_reply_service_pb2 as pb

group = typer.Typer()

_HEADERS = ("Shortcut", "Title", "Whose", "Used", "Text")
SavedArgument = Annotated[str, typer.Argument(metavar="SHORTCUT", help="Its shortcut or id (srp_…)")]
TitleOption = Annotated[str | None, typer.Option(metavar="TITLE", help="What it is about")]


@command(group, "list")
async def list_saved_replies(
    session: Session,
    text: Annotated[
        str, typer.Option(metavar="WORDS", help="Only those with words that begin so in shortcut or title")
    ] = "",
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's saved replies and your own, by shortcut."""
    request = pb.ListSavedRepliesRequest(workspace_id=session.workspace_id, text=text)
    pages, rpc = Pages(limit, page_token, all_pages), session.services.saved_replies.ListSavedReplies
    found = await listed(session, rpc, request, lambda page: page.saved_replies, pages)
    if session.settings.as_json:
        return output.emit_json(found)
    nothing = "There is no such saved reply." if text else "No saved reply. Keep one: keva replies add SHORTCUT TEXT"
    return output.show_table(_HEADERS, [_row(saved) for saved in found], nothing)


@command(group, "show")
async def show(session: Session, saved: SavedArgument) -> None:
    """Show a saved reply as it is kept, with its placeholders."""
    request = pb.GetSavedReplyRequest(workspace_id=session.workspace_id, saved_reply_id=saved)
    _show_one(session, (await session.ask(session.services.saved_replies.GetSavedReply, request)).saved_reply)


@command(group, "add")
async def add(
    session: Session,
    shortcut: Annotated[str, typer.Argument(metavar="SHORTCUT", help="What to type for it; no spaces")],
    text: TextArgument,
    title: TitleOption = None,
    own: Annotated[
        bool, typer.Option("--own", help="Your own, which nobody else sees, and not the workspace's")
    ] = False,
) -> None:
    """Keep a text.

    {customer.name}, {agent.name}, {ticket.number} and {workspace.name} stand for values; {{ is a brace."""
    request = pb.CreateSavedReplyRequest(
        workspace_id=session.workspace_id,
        shortcut=shortcut,
        title=title or "",
        text=read_text(text),
        own=own,
        request_id=str(uuid.uuid4()),
    )
    _show_one(session, (await session.ask(session.services.saved_replies.CreateSavedReply, request)).saved_reply)


@command(group, "update")
async def update(
    session: Session,
    saved: SavedArgument,
    shortcut: Annotated[str | None, typer.Option(metavar="SHORTCUT", help="What to type for it")] = None,
    title: TitleOption = None,
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="The text; - reads it from standard input")] = None,
) -> None:
    """Change a saved reply."""
    values: dict[str, Any] = {"shortcut": shortcut, "title": title, "text": None if text is None else read_text(text)}
    given = {name: value for name, value in values.items() if value is not None}
    if not given:
        raise unusable("Nothing to change.", "See keva replies update --help for what can be changed.")
    request = pb.UpdateSavedReplyRequest(
        workspace_id=session.workspace_id,
        saved_reply=pb.SavedReply(saved_reply_id=await saved_reply_id_of(session, saved), **given),
        update_mask=FieldMask(paths=list(given)),
    )
    _show_one(session, (await session.ask(session.services.saved_replies.UpdateSavedReply, request)).saved_reply)


@command(group, "delete")
async def delete(session: Session, saved: SavedArgument) -> None:
    """Remove a saved reply for good. Replies that were made of it stay."""
    saved_reply_id = await saved_reply_id_of(session, saved)
    request = pb.DeleteSavedReplyRequest(workspace_id=session.workspace_id, saved_reply_id=saved_reply_id)
    answer = await session.ask(session.services.saved_replies.DeleteSavedReply, request)
    if session.settings.as_json:
        return output.emit_json(answer)
    return output.say(f"Removed: {saved_reply_id}")


@command(group, "render")
async def render(session: Session, saved: SavedArgument, ticket: TicketArgument) -> None:
    """Show a saved reply as it would be sent on a ticket, and which values are missing. Sends nothing."""
    request = pb.RenderSavedReplyRequest(
        workspace_id=session.workspace_id, saved_reply_id=saved, ticket_id=await find_ticket_id(session, ticket)
    )
    answer = await session.ask(session.services.saved_replies.RenderSavedReply, request)
    if session.settings.as_json:
        return output.emit_json(answer)
    output.say_indented(answer.text)
    if answer.missing:
        output.remark("No value: " + ", ".join(f"{{{name}}}" for name in answer.missing))
    return None


def _show_one(session: Session, saved: pb.SavedReply) -> None:
    if session.settings.as_json:
        return output.emit_json(saved)
    return output.show_table(_HEADERS, [_row(saved)], "")


def _row(saved: pb.SavedReply) -> Sequence[output.Cell]:
    whose = f"agent:{saved.agent_id}" if saved.agent_id else "workspace"
    return (saved.shortcut, saved.title, whose, str(saved.use_count), saved.text)
