"""`keva tickets watch`."""

from typing import Annotated

import typer

from cli.commands.events.lines import details_text, interrupted, print_json, print_line
from cli.session import Session
from cli.terminal import output
from client.events import follow_events
from client.words.actors import actor_text
from keva.ticket.v1 import event_service_pb2

_LONGEST_TEXT = 80
# What people need not see of a text that comes, or of a reply that leaves.
_BESIDES = frozenset({"customer.created", "customer.located", "ticket.state_changed"})
# Of so many tickets it remembers what it has shown.
_MOST_REMEMBERED = 10_000


async def watch_tickets(
    session: Session,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what comes along with a text or a reply, such as a change of state")
    ] = False,
) -> None:
    """Show what happens to the workspace's tickets, as it happens, until Ctrl-C. With --json, one object per line, with
    the ticket and the message."""
    request = event_service_pb2.WatchEventsRequest(
        organization_id=session.organization_id,
        workspace_id=session.workspace_id,
        include_ticket=True,
        include_message=True,
    )
    shown: dict[str, int] = {}
    async for response in follow_events(session, request, interrupted):
        kept = [event for event in response.events if event.ticket_id and _is_news(shown, event)]
        if session.settings.as_json:
            news = event_service_pb2.WatchEventsResponse(events=kept, resume_token=response.resume_token)
            print_json(news)
            continue
        for event in kept:
            if everything or event.type not in _BESIDES:
                print_line(_line(event))


def _is_news(shown: dict[str, int], event: event_service_pb2.Event) -> bool:
    if event.sequence <= shown.get(event.ticket_id, 0):
        return False
    shown[event.ticket_id] = event.sequence
    if len(shown) > _MOST_REMEMBERED:
        del shown[next(iter(shown))]
    return True


def _line(event: event_service_pb2.Event) -> str:
    number = f"#{event.ticket.number}" if event.HasField("ticket") else event.ticket_id
    return "  ".join(
        filter(None, (output.when(event, "event_time"), number, actor_text(event.actor), event.type, _said(event)))
    )


def _said(event: event_service_pb2.Event) -> str:
    """A text that was received, sent or noted; of all else what changed."""
    text = " ".join(event.message.text.split())
    if not text or event.type not in ("message.received", "message.queued", "note.added", "ai.answered"):
        return details_text(event)
    return f"“{text}”" if len(text) <= _LONGEST_TEXT else f"“{text[: _LONGEST_TEXT - 1]}…”"
