"""`keva conversations`: text somebody first."""

import uuid
from typing import Annotated

import typer

from cli.command import command
from cli.commands.tickets.reply import AtOption, DryRunOption, MediaOption, SplitOption
from cli.commands.tickets.reply_preview import show_preview
from cli.commands.tickets.writing import RequestIdOption, TextArgument, read_text, repeatable
from cli.session import Session
from cli.terminal import output
from client.selection import find_channel
from client.words.deliveries import delivery_state
from client.words.enums import Priority
from keva.ticket.v1 import message_pb2, ticket_service_pb2

group = typer.Typer()

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help='Whom to text: a phone number, such as "(555) 123-4567"')
]
ChannelOption = Annotated[
    str, typer.Option("--from", metavar="NUMBER", help="The number that Keva answers to text from, or its channel's id")
]
BasisOption = Annotated[
    str,
    typer.Option(
        "--basis", metavar="WORDS", help="Why they may be texted, such as: asked for it on the web form. It is recorded"
    ),
]
SubjectOption = Annotated[str, typer.Option(metavar="WORDS", help="The subject of a new ticket (default: of the text)")]
PriorityOption = Annotated[
    Priority | None,
    typer.Option(metavar="|".join(Priority), case_sensitive=False, help="The priority of a new ticket"),
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="A tag of a new ticket; repeat it for several")
]


@command(group, "start")
async def start(  # noqa: PLR0913, PLR0917 - one per option
    session: Session,
    number: NumberArgument,
    text: TextArgument,
    channel: ChannelOption,
    basis: BasisOption = "",
    subject: SubjectOption = "",
    priority: PriorityOption = None,
    tag: TagOption = None,
    split: SplitOption = False,
    media: MediaOption = None,
    at: AtOption = None,
    dry_run: DryRunOption = False,
    request_id: RequestIdOption = "",
) -> None:
    """Text somebody first. If they have a live ticket with that number, it is a reply; else it makes a pending one of
    yours."""
    request = ticket_service_pb2.StartConversationRequest(
        workspace_id=session.workspace_id,
        channel_id=(await find_channel(session, channel)).channel_id,
        address=number,
        text=read_text(text),
        request_id=request_id or str(uuid.uuid4()),
        split=split,
        media_urls=media or (),
        consent_basis=basis,
        subject=subject,
        tags=tag or (),
        validate_only=dry_run,
    )
    if priority:
        request.priority = priority.to_proto()
    if at:
        request.send_time.FromDatetime(at)
    with repeatable("" if dry_run else f"--request-id {request.request_id}"):
        answer = await session.ask(session.services.tickets.StartConversation, request)
    _show(session, answer, dry_run)


def _show(session: Session, answer: ticket_service_pb2.StartConversationResponse, dry_run: bool) -> None:
    if session.settings.as_json:
        return output.emit_json({"ticket": answer.ticket, "messages": list(answer.messages)})
    if dry_run:
        return show_preview(answer.ticket, answer.messages)
    what = "New ticket" if answer.ticket_created else "Reply to ticket"
    if answer.message.delivery.state == message_pb2.DELIVERY_STATE_SCHEDULED:
        leaves = output.when(answer.message, "send_time")
        return output.say(f"{what} #{answer.ticket.number}: leaves {leaves} ({answer.message.message_id}).")
    state = delivery_state(answer.message.delivery)
    return output.say(f"{what} #{answer.ticket.number}: {state} ({answer.message.message_id}).")
