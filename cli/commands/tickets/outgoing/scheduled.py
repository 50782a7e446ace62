"""`keva tickets scheduled` and `keva tickets cancel`: what is sent later."""

from typing import Annotated

import typer

from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.words.actors import actor_text
from keva.ticket.v1 import ticket_service_pb2

MessageArgument = Annotated[str, typer.Argument(metavar="MESSAGE", help="The id of a message (msg_…)")]


async def scheduled(
    session: Session,
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the replies and first texts that wait for their time, the next one first."""
    request = ticket_service_pb2.ListScheduledMessagesRequest(workspace_id=session.workspace_id)
    pages = Pages(limit, page_token, all_pages)
    rpc = session.services.tickets.ListScheduledMessages
    messages = await listed(session, rpc, request, lambda page: page.messages, pages)
    if session.settings.as_json:
        return output.emit_json(messages)
    return output.show_table(
        ["Leaves", "By", "Text", "Ticket", "Id"],
        [(output.when(m, "send_time"), actor_text(m.author), m.text, m.ticket_id, m.message_id) for m in messages],
        "Nothing waits for its time.",
    )


async def cancel(session: Session, message: MessageArgument) -> None:
    """Cancel a reply or first text that was to be sent later."""
    request = ticket_service_pb2.CancelScheduledMessageRequest(workspace_id=session.workspace_id, message_id=message)
    answer = await session.ask(session.services.tickets.CancelScheduledMessage, request)
    if session.settings.as_json:
        return output.emit_json(answer.message)
    return output.say(f"Cancelled: it is never sent. It was on ticket #{answer.ticket.number}.")
