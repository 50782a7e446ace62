"""`keva channels`: the numbers that Keva answers."""

from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.command import command
from cli.commands.numbers.setup import ConfigureOption, offer
from cli.commands.twilio.accounts import require_account_sid
from cli.hints.organizations import remark_if_unknown
from cli.session import Session
from cli.terminal import output
from cli.terminal.choices import parser
from client.failure import unusable
from client.lists import list_channels
from client.selection import find_assignee, find_channel
from client.session import TWILIO_SECONDS
from client.words.actors import assignee_text, auto_assign_from_text
from client.words.enums import (
    AiAutonomy,
    CreateTicketOn,
    Priority,
    ai_autonomy_text,
    create_ticket_on_text,
    priority_name,
)
from keva.ticket.v1 import channel_service_pb2, routing_pb2

group = typer.Typer()

_HEADERS = ("Number", "Name", "Workspace", "New ticket on", "Priority", "Assign to", "AI", "Rate")

ChannelArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The number, or the channel's id (chn_…)")]
CreateOnOption = Annotated[
    CreateTicketOn | None,
    typer.Option(
        "--create-ticket-on",
        metavar="|".join(CreateTicketOn),
        help="When a text makes a new ticket",
        case_sensitive=False,
    ),
]
PriorityOption = Annotated[
    Priority | None,
    typer.Option(metavar="|".join(Priority), help="The priority of new tickets", case_sensitive=False),
]
WorkspaceOption = Annotated[
    str | None, typer.Option("--workspace-id", metavar="ID", help="The workspace that new tickets go to")
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate",
        metavar="SEGMENTS",
        min=0,
        max=1000,
        help="Send at most this many SMS segments a second from it; 0: what Twilio allows for its kind of number",
    ),
]
AutoAssignOption = Annotated[
    routing_pb2.Assignee | None,
    typer.Option(
        parser=parser(auto_assign_from_text),
        metavar="nobody|ai|available|agent:ID",
        help="Who gets new tickets; available: the available agents share them, those with the fewest open ones first",
    ),
]
AutonomyOption = Annotated[
    AiAutonomy | None,
    typer.Option(
        "--ai-autonomy",
        metavar="|".join(AiAutonomy),
        help="How far the AI may go on tickets that are assigned to it; suggest: it drafts for people only; sure: it "
        "answers when it is sure; off: it is never asked",
        case_sensitive=False,
    ),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="What people call it")]


@command(group, "add")
async def add(  # noqa: PLR0913, PLR0917 - one parameter per option
    session: Session,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number, in any notation")],
    account_sid: Annotated[str, typer.Option(metavar="AC…", help="Its Twilio account, if several have it")] = "",
    workspace_id: WorkspaceOption = None,
    create_ticket_on: CreateOnOption = None,
    priority: PriorityOption = None,
    auto_assign: AutoAssignOption = None,
    rate: RateOption = None,
    ai_autonomy: AutonomyOption = None,
    name: NameOption = None,
    configure: ConfigureOption = None,
) -> None:
    """Answer a number of a connected Twilio account: from now on its texts become tickets.

    Without options, a text makes a ticket if it starts a new thread, with high priority, assigned to nobody, in the
    workspace of --workspace. If Twilio does not send the number's texts to Keva yet, asks whether it should."""
    if account_sid:
        require_account_sid(account_sid)
    assignee = await find_assignee(session, auto_assign) if auto_assign else None
    request = channel_service_pb2.CreateChannelRequest(
        organization_id=session.organization_id,
        account_sid=account_sid,
        phone_number=number,
        **_given(workspace_id or session.workspace_id, create_ticket_on, priority, assignee, name, rate, ai_autonomy),
    )
    channel = (await session.ask(session.services.channels.CreateChannel, request, TWILIO_SECONDS)).channel
    if session.settings.as_json:
        output.emit_json(channel)
    else:
        output.say(f"Keva answers {channel.phone_number} from now on ({channel.channel_id}).")
    await offer(session, channel, configure)


@command(group, "list")
async def list_all(session: Session) -> None:
    """List the numbers that Keva answers, and their rules."""
    channels = await list_channels(session)
    await remark_if_unknown(session, channels)
    if session.settings.as_json:
        return output.emit_json(channels)
    return output.show_table(
        _HEADERS,
        [_row(channel) for channel in channels],
        "Keva answers no number yet. keva numbers list shows yours; keva channels add NUMBER adds one.",
    )


@command(group, "update")
async def update(  # noqa: PLR0913, PLR0917 - one parameter per option
    session: Session,
    number: ChannelArgument,
    workspace_id: WorkspaceOption = None,
    create_ticket_on: CreateOnOption = None,
    priority: PriorityOption = None,
    auto_assign: AutoAssignOption = None,
    rate: RateOption = None,
    ai_autonomy: AutonomyOption = None,
    name: NameOption = None,
) -> None:
    """Change a number's rules for texts that arrive from now on. What you leave out stays as it is."""
    assignee = await find_assignee(session, auto_assign) if auto_assign else None
    given = _given(workspace_id, create_ticket_on, priority, assignee, name, rate, ai_autonomy)
    if not given:
        raise unusable("Nothing to change.", "See keva channels update --help for what can be changed.")
    channel_id = (await find_channel(session, number)).channel_id
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=session.organization_id,
        channel=channel_service_pb2.Channel(channel_id=channel_id, **given),
        update_mask=FieldMask(paths=list(given)),
    )
    channel = (await session.ask(session.services.channels.UpdateChannel, request)).channel
    if session.settings.as_json:
        return output.emit_json(channel)
    return output.show_table(_HEADERS, [_row(channel)], "")


@command(group, "remove")
async def remove(
    session: Session, number: ChannelArgument, yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False
) -> None:
    """Stop answering a number: its texts are refused from then on. Tickets and messages stay."""
    channel = await find_channel(session, number)
    if not yes:
        output.confirm(f"Texts to {channel.phone_number} will be refused. Remove it?")
    request = channel_service_pb2.DeleteChannelRequest(
        organization_id=session.organization_id, channel_id=channel.channel_id
    )
    await session.ask(session.services.channels.DeleteChannel, request)
    if session.settings.as_json:
        return output.emit_json({"channel_id": channel.channel_id, "removed": True})
    return output.say(f"Keva no longer answers {channel.phone_number}. Its tickets are still there.")


def _given(
    workspace_id: str | None,
    create_ticket_on: CreateTicketOn | None,
    priority: Priority | None,
    auto_assign: routing_pb2.Assignee | None,
    name: str | None,
    rate: float | None,
    ai_autonomy: AiAutonomy | None,
) -> dict[str, Any]:
    values = {
        "workspace_id": workspace_id,
        "create_ticket_on": create_ticket_on.to_proto() if create_ticket_on else None,
        "default_priority": priority.to_proto() if priority else None,
        "auto_assign": auto_assign,
        "display_name": name,
        "segments_per_second": rate,
        "ai_autonomy": ai_autonomy.to_proto() if ai_autonomy else None,
    }
    return {field: value for field, value in values.items() if value is not None}


def _row(channel: channel_service_pb2.Channel) -> tuple[str, ...]:
    return (
        channel.phone_number,
        channel.display_name,
        channel.workspace_id,
        create_ticket_on_text(channel.create_ticket_on),
        priority_name(channel.default_priority),
        assignee_text(channel.auto_assign),
        ai_autonomy_text(channel.ai_autonomy),
        f"{channel.segments_per_second:g}/s" if channel.segments_per_second else "by kind",
    )
