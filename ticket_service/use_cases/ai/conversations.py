"""What a responder is given of a ticket, and who is never answered by one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from servicekit.limits import CONVERSATION_MESSAGES
from ticket_service.domain import ai_turn
from ticket_service.domain.ai_turn import Asked, HandOff, Line, NoReply, NoReplyReason
from ticket_service.domain.channel import AiAutonomy
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.ticket import Ticket
from ticket_service.ports.channels import ChannelStore
from ticket_service.ports.messages import MessageStore
from ticket_service.ports.workspaces import WorkspaceStore
from ticket_service.use_cases.checks import is_short_code
from ticket_service.words.lists import PHRASES

# More waits than any machine answers.
_MOST_READ_CHARACTERS = 4_000


@dataclass(frozen=True)
class Conversation:
    """A ticket's latest lines, oldest first. `last_message_id`: the newest text that was read, empty when there is
    none."""

    lines: Sequence[Line]
    last_message_id: str


class Conversations:
    """Conversations of all workspaces."""

    def __init__(self, messages: MessageStore, workspaces: WorkspaceStore, channels: ChannelStore) -> None:
        self._messages = messages
        self._workspaces = workspaces
        self._channels = channels

    async def read(self, ticket: Ticket) -> Conversation:
        """As much of it as a responder is given."""
        found = await self._messages.latest_messages(ticket.workspace_id, ticket.ticket_id, CONVERSATION_MESSAGES)
        lines = ai_turn.conversation(found, lambda text: PHRASES.say_nothing_to_us(text, ticket.channel_address))
        return Conversation(lines, found[-1].message_id if found else "")

    async def is_ai_off(self, ticket: Ticket) -> bool:
        """Whether no responder may be given anything of it."""
        channel = await self._channels.get_channel(ticket.organization_id, ticket.channel_id)
        return channel.ai_autonomy is AiAutonomy.OFF

    async def asked(self, ticket: Ticket, lines: Sequence[Line], now: datetime, greeting_waited: bool = False) -> Asked:
        """All that a responder goes by."""
        workspace = await self._workspaces.get_workspace(ticket.organization_id, ticket.workspace_id)
        profile = workspace.ai_profile
        named = replace(profile, business_name=profile.business_name or workspace.display_name)
        time_zone = workspace.business_hours.time_zone if workspace.business_hours else ""
        return Asked(named, lines, now, time_zone, greeting_waited)


def without_responder(ticket: Ticket, lines: Sequence[Line]) -> HandOff | NoReply | None:
    """Why no machine may or need text this customer now, whoever drafts; None when one may. Whether they opted out is
    another matter, which the transaction looks at."""
    waiting = ai_turn.unanswered(lines)
    if is_short_code(ticket.customer_address):
        return HandOff(HandOffReason.AUTOMATED_SENDER)
    # First: what they react to may be our own "text STOP to unsubscribe".
    if waiting and all(PHRASES.reactions.are(line.text) for line in waiting):
        return NoReply(NoReplyReason.SMALL_TALK)
    if any(map(PHRASES.no_texts.are_in, _read(waiting))):
        return HandOff(HandOffReason.ASKED_FOR_NO_TEXTS)
    return None


def _read(waiting: Sequence[Line]) -> list[str]:
    """The texts, newest first, as far as a machine would answer them, and the same as one: a wish may be in two."""
    read: list[str] = []
    for line in reversed(waiting):
        if sum(map(len, read)) > _MOST_READ_CHARACTERS:
            break
        read.append(line.text[:_MOST_READ_CHARACTERS])
    return [*read, " ".join(reversed(read))]
