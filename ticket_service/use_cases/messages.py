"""Use cases: read messages, and add notes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from servicekit.clock import Clock
from servicekit.limits import COMPARED_PER_CALL
from servicekit.paging import Page, Position, is_text, is_time, page
from ticket_service import errors
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import MAX_NOTE_CHARACTERS, Direction, Message
from ticket_service.domain.staff.agent import AgentFilter
from ticket_service.domain.ticket_decision import TicketContext, TicketWrite
from ticket_service.domain.work.mentions import Mentionable, may_mention, mentioned
from ticket_service.ports.agents import AgentStore
from ticket_service.ports.messages import MessageStore
from ticket_service.ports.tickets import TicketStore
from ticket_service.use_cases.checks import require_request_id, require_text
from ticket_service.use_cases.new_messages import earlier_write, needs_of_note, new_message, require_kept

# More than work in any workspace.
_MOST_AGENTS = 5000


class Messages:
    """Messages of all workspaces."""

    def __init__(self, store: MessageStore, tickets: TicketStore, agents: AgentStore, clock: Clock) -> None:
        self._store = store
        self._agents = agents
        self._tickets = tickets
        self._clock = clock

    async def get(self, workspace_id: str, ticket_id: str, message_id: str) -> Message:
        """Raises TICKET_NOT_FOUND, MESSAGE_NOT_FOUND."""
        await self._tickets.get_ticket(workspace_id, ticket_id)
        return await self._store.get_message(workspace_id, ticket_id, message_id)

    async def list_messages(
        self, workspace_id: str, ticket_id: str, asked: Page, behind_id: str = "", *, newest_first: bool = False
    ) -> tuple[list[Message], str]:
        """A page of a ticket's messages, oldest first unless `newest_first`, and the next page's token; only those that
        were stored behind the message `behind_id`, if it is given. Raises TICKET_NOT_FOUND, MESSAGE_NOT_FOUND."""
        behind = None
        if behind_id:
            await self._tickets.get_ticket(workspace_id, ticket_id)
            behind = await self._store.get_message(workspace_id, ticket_id, behind_id)

        async def read(position: Position, limit: int) -> list[Message]:
            after = (datetime.fromisoformat(str(position[0])), str(position[1])) if position else None
            return await self._store.list_messages(
                workspace_id, ticket_id, after, limit, behind, newest_first=newest_first
            )

        found, token = await page(
            asked,
            [workspace_id, ticket_id, *([behind_id] if behind_id else []), *(["newest first"] if newest_first else [])],
            read,
            lambda last: [last.message_time.isoformat(), last.message_id],
            (is_time, is_text),
        )
        if not found:
            # What has messages is there.
            await self._tickets.get_ticket(workspace_id, ticket_id)
        return found, token

    async def stored_times(
        self, organization_id: str, account_sid: str, message_sids: Sequence[str]
    ) -> dict[str, datetime]:
        """The message_time of those of an account's inbound texts that are stored, by MessageSid. Raises
        FIELD_INVALID."""
        if len(message_sids) > COMPARED_PER_CALL:
            raise errors.invalid("twilio_message_sids", f"may have at most {COMPARED_PER_CALL} entries")
        return await self._store.stored_times(organization_id, account_sid, message_sids)

    async def add_note(self, workspace_id: str, ticket_id: str, text: str, request_id: str, actor: Actor) -> Message:
        """Raises TICKET_NOT_FOUND, FIELD_REQUIRED, FIELD_INVALID, REQUEST_ID_REUSED, TICKET_ERASED,
        CUSTOMER_FORGOTTEN."""
        require_text(text, MAX_NOTE_CHARACTERS)
        require_request_id(request_id)
        mentions = await self._mentions(workspace_id, ticket_id, text)

        def decide(context: TicketContext) -> TicketWrite:
            if context.message is not None:
                return earlier_write(context, ticket_id, text, Direction.NOTE, request_id)
            require_kept(context)
            now = self._clock()
            note = new_message(context.ticket, Direction.NOTE, text, request_id, actor, now)
            note = replace(note, position=context.ticket.last_position, mentions=mentions)
            details = {"mentions": ", ".join(mentions)} if mentions else {}
            entry = AuditEntry(AuditAction.NOTE_ADDED, note.message_id, actor, now, details)
            return TicketWrite(replace(context.ticket, update_time=now), (entry,), note)

        write = await self._tickets.change_ticket(workspace_id, ticket_id, decide, needs_of_note, request_id)
        assert write.message is not None
        return write.message

    async def _mentions(self, workspace_id: str, ticket_id: str, text: str) -> tuple[str, ...]:
        if not may_mention(text):
            return ()
        ticket = await self._tickets.get_ticket(workspace_id, ticket_id)
        of_workspace = AgentFilter(ticket.organization_id, workspace_id)
        agents = await self._agents.list_agents(of_workspace, _MOST_AGENTS)
        return mentioned(text, (Mentionable(a.agent_id, a.email, a.display_name) for a in agents))
