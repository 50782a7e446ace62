"""A draft: one per agent, ticket and kind of what is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MOST_CHARACTERS = 16_000


@dataclass(frozen=True)
class Draft:
    """`kind` is `reply` or `note`. `update_time` is UTC."""

    organization_id: str
    agent_id: str
    workspace_id: str
    ticket_id: str
    kind: str
    text: str
    update_time: datetime


class DraftStore(Protocol):
    """Where drafts are kept. They go by themselves when nobody has touched them for long."""

    async def put(self, draft: Draft) -> None:
        """Keeps it in place of the one that there is."""
        ...

    async def remove(self, agent_id: str, ticket_id: str, kind: str) -> None:
        """Removes it. Doing so twice is no error."""
        ...

    async def remove_of_tickets(self, ticket_ids: Sequence[str]) -> None:
        """Removes those of everybody on these tickets."""
        ...

    async def oldest(self) -> Mapping[str, datetime]:
        """Of each organization that has drafts, when the oldest of them was last changed."""
        ...

    async def of_ticket(self, agent_id: str, ticket_id: str) -> Sequence[Draft]:
        """The agent's drafts on that ticket."""
        ...

    async def of_agent(self, agent_id: str, limit: int) -> Sequence[Draft]:
        """The agent's newest drafts, the oldest of them first."""
        ...
