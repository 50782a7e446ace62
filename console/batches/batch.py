"""A batch: what takes back what somebody has done to several tickets at once. A toast cannot carry it: a
hundred ids are more than a cookie holds."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Step:
    """One change to some tickets: `change` and `value` as console/pages/inbox/several/changes.py has them."""

    change: str
    value: str
    ticket_ids: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """`steps`, done in this order, take it back. The time is UTC."""

    batch_id: str
    agent_id: str
    workspace_id: str
    steps: Sequence[Step]
    create_time: datetime


class BatchStore(Protocol):
    """Where batches are kept, for all replicas."""

    async def put(self, batch: Batch) -> None:
        """Keeps it for an hour."""
        ...

    async def take(self, batch_id: str, agent_id: str, workspace_id: str) -> Batch | None:
        """Gives the agent's batch, and removes it: nothing is taken back twice."""
        ...


def new_batch_id() -> str:
    """Which nobody guesses."""
    return f"bat_{secrets.token_hex(12)}"
