"""The collections, and their transactions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from servicekit.audit.chain import Keys
from servicekit.ids import new_id
from servicekit.mongo import transactions as mongodb
from servicekit.mongo.turnstile import Turnstile
from ticket_service.mongo.trail.memory import Trail

Result = TypeVar("Result")
COLLECTIONS = (
    *("tickets", "messages", "customers", "channels", "workspaces", "agents"),
    *("audit_records", "ai_turns", "erasures", "counters", "report_days", "report_tickets"),
    *("saved_replies", "customer_notes", "questions"),
)


@dataclass(frozen=True)
class Database:
    """The collections of `keva_tickets`. The driver's types are spelled out in store.py alone.

    `trail` has the keys that sign the audit records. `counters` holds what is counted (ticket numbers, the records of
    an organization's own chain) and other single values, each under an id of its own. `replica` is whose writes these
    are.
    """

    client: Any
    tickets: Any
    messages: Any
    customers: Any
    channels: Any
    workspaces: Any
    agents: Any
    audit_records: Any
    ai_turns: Any
    erasures: Any
    counters: Any
    report_days: Any
    report_tickets: Any
    saved_replies: Any
    customer_notes: Any
    questions: Any
    trail: Trail
    turnstile: Turnstile = field(default_factory=Turnstile)
    replica: str = field(default_factory=lambda: new_id("rpl"))

    @classmethod
    def of(cls, client: Any, name: str, keys: Keys, trail: Trail | None = None) -> "Database":
        """The collections of the database `name`. Two clients of one replica share a `trail`."""
        collections = {collection: client[name][collection] for collection in COLLECTIONS}
        return cls(client, trail=trail or Trail(keys), **collections)

    @property
    def keys(self) -> Keys:
        """The audit keys, with the one that signs now."""
        return self.trail.keys

    async def in_transaction(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """`transactions.in_transaction` on this client. Raises Unavailable OVERLOADED when too many wait."""
        return await mongodb.in_transaction(self.client, work, turnstile=self.turnstile)

    async def in_own_transaction(self, work: Callable[[Any], Awaitable[Result]], attempts: int) -> Result:
        """The same without waiting for others: for callers that run one at a time."""
        return await mongodb.in_transaction(self.client, work, attempts)
