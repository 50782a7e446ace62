"""Accounts: which agents have a password."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

# An organization and an agent of it.
AgentKey = tuple[str, str]


@dataclass(frozen=True)
class Account:
    """An agent with a password, set at `password_time` (UTC), of which the hash is kept."""

    organization_id: str
    agent_id: str
    password_hash: str = field(repr=False)
    password_time: datetime

    @property
    def key(self) -> AgentKey:
        """Whose it is."""
        return self.organization_id, self.agent_id


class AccountStore(Protocol):
    """Where accounts are kept."""

    async def get_many(self, keys: Collection[AgentKey]) -> Mapping[AgentKey, Account]:
        """Those of these agents who have one."""
        ...

    async def put(self, account: Account) -> None:
        """Keeps it, in place of the one that the agent had."""
        ...

    async def replace_hash(self, account: Account, password_hash: str) -> None:
        """Another hash of the same password, unless another password was set meanwhile."""
        ...
