"""Use case: store verified texts. What arrives while a commit is in flight is committed together in the next."""

import asyncio
from collections.abc import Sequence

from servicekit.clock import Clock
from servicekit.gathering import Gatherer
from servicekit.ids import new_id
from servicekit.limits import INBOUND_TEXT_BYTES
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.ingest_plan import IngestPlan, Outcome, RefusedText, Snapshot
from ticket_service.domain.ingest_planner import plan
from ticket_service.domain.message import InboundText
from ticket_service.ports.ingest import IngestStore

_MAX_TEXTS_PER_COMMIT = 100
# Fewer: the more threads a commit touches, the more often it conflicts with texts that come in now.
_RECOVERED_PER_COMMIT = 25
_REQUIRED = ("account_sid", "twilio_message_sid", "customer_address", "channel_address")
_MAX_FIELD_CHARACTERS = 256


class Ingest:
    """Stores texts of all callers."""

    def __init__(self, store: IngestStore, clock: Clock, patience: Patience) -> None:
        """`patience`: how long the AI waits for customers who text several times in a row."""
        self._store = store
        self._clock = clock
        self._patience = patience
        self._commits: Gatherer[InboundText, Outcome] = Gatherer(self._commit, _MAX_TEXTS_PER_COMMIT, max_waiting=5000)
        # Customers who text now do not wait for texts of an hour ago.
        self._recovered: Gatherer[InboundText, Outcome] = Gatherer(
            self._commit, _RECOVERED_PER_COMMIT, max_waiting=5000
        )

    async def ingest(self, texts: Sequence[InboundText]) -> list[Outcome]:
        """One outcome per text, in order. Raises Unavailable when nothing can be stored now: asking again is safe."""
        return list(await asyncio.gather(*(self._ingest_one(text) for text in texts)))

    async def _ingest_one(self, text: InboundText) -> Outcome:
        commits = self._recovered if text.recovered else self._commits
        return _refusal(text) or await commits.submit(text)

    async def _commit(self, texts: list[InboundText]) -> list[Outcome]:
        def decide(some: Sequence[InboundText], snapshot: Snapshot) -> IngestPlan:
            return plan(some, snapshot, new_id, self._clock(), self._patience)

        return await self._store.ingest(texts, decide)


def _refusal(text: InboundText) -> RefusedText | None:
    """What is wrong with the text by itself: one that cannot be stored must not reach a commit that others share."""
    for name in _REQUIRED:
        value = getattr(text, name)
        if not value:
            return RefusedText("FIELD_REQUIRED", f"{name} is required")
        if len(value) > _MAX_FIELD_CHARACTERS:
            return RefusedText("FIELD_INVALID", f"{name} is longer than {_MAX_FIELD_CHARACTERS} characters")
    if len(text.text.encode()) > INBOUND_TEXT_BYTES:
        return RefusedText("FIELD_INVALID", f"text is longer than {INBOUND_TEXT_BYTES} bytes")
    return None
