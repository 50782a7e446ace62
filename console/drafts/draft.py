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


@dataclass(frozen=True)
class Save:
    """Which save of a draft it is: the one with that `number` of the box with that `request_id`. Later ones have higher
    numbers. Without a box, as from a page without scripts, it comes after all that there is."""

    request_id: str = ""
    number: int = 0


class DraftStore(Protocol):
    """Where drafts are kept. They go by themselves when nobody has touched them for long. Saves come in any order: one
    of a box that was ended, or that a later one of the same box has overtaken, changes nothing."""

    async def put(self, draft: Draft, save: Save) -> None:
        """Keeps it in place of the one that there is."""
        ...

    async def remove(self, agent_id: str, ticket_id: str, kind: str, save: Save) -> None:
        """Removes it. Doing so twice is not an error."""
        ...

    async def end(self, agent_id: str, ticket_id: str, kind: str, request_id: str, number: int = 0) -> None:
        """Removes it: what stood in that box was sent. Which boxes were is known for an hour. With the `number` of the
        save that sent it, what another box has saved since stays."""
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
