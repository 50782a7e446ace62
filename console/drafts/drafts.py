"""Drafts as they are kept and taken away."""

from collections.abc import Callable, Mapping
from datetime import datetime

from console.drafts.draft import MOST_CHARACTERS, Draft, DraftStore, Save
from keva.ticket.v1 import agent_service_pb2, ticket_service_pb2

# More than anybody has begun at the same time.
_MOST = 500
_AFTER_ALL = Save()


class Drafts:
    """The drafts in a store."""

    def __init__(self, store: DraftStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def keep(
        self,
        agent: agent_service_pb2.Agent,
        ticket: ticket_service_pb2.Ticket,
        kind: str,
        text: str,
        save: Save = _AFTER_ALL,
    ) -> None:
        """Keeps what has been written so far. Empty text is not kept, and nothing on a ticket that is erased."""
        if not text.strip() or ticket.HasField("erase_time"):
            return await self._store.remove(agent.agent_id, ticket.ticket_id, kind, save)
        names = (agent.organization_id, agent.agent_id, ticket.workspace_id, ticket.ticket_id)
        return await self._store.put(Draft(*names, kind, text[:MOST_CHARACTERS], self._now()), save)

    async def forget(
        self,
        agent: agent_service_pb2.Agent,
        ticket: ticket_service_pb2.Ticket,
        kind: str,
        request_id: str,
        save: Save = _AFTER_ALL,
    ) -> None:
        """It was sent from the box with that id, by that save. Saves of it that are still on their way keep nothing;
        what another box has saved since stays: a reply may be sent again after its answer was lost."""
        await self._store.end(agent.agent_id, ticket.ticket_id, kind, request_id, save.number)

    async def on(self, agent: agent_service_pb2.Agent, ticket: ticket_service_pb2.Ticket) -> Mapping[str, Draft]:
        """The agent's drafts on a ticket, by kind."""
        return {draft.kind: draft for draft in await self._store.of_ticket(agent.agent_id, ticket.ticket_id)}

    async def of(self, agent: agent_service_pb2.Agent) -> Mapping[str, Draft]:
        """The agent's drafts, by ticket: of a reply and a note on the same one, the newer."""
        return {draft.ticket_id: draft for draft in await self._store.of_agent(agent.agent_id, _MOST)}
