"""Use case: store verified texts."""

import asyncio
from collections.abc import Callable, Sequence

from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.limits import ADDRESS_CHARACTERS, INBOUND_TEXT_BYTES
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.ingest_plan import IngestPlan, Outcome, RefusedText, Snapshot, StoredText
from ticket_service.domain.ingest_planner import plan
from ticket_service.domain.message import InboundText
from ticket_service.domain.work.office import Offices
from ticket_service.ports.ingest import IngestStore
from ticket_service.words.lists import PHRASES

_REQUIRED = ("account_sid", "twilio_message_sid", "customer_address", "channel_address")
_ALWAYS_OPEN = Offices()


class Ingest:
    """Stores texts of all callers."""

    def __init__(
        self,
        store: IngestStore,
        clock: Clock,
        patience: Patience,
        offices: Offices = _ALWAYS_OPEN,
        wake_outbox: Callable[[], None] = lambda: None,
        wake_dealer: Callable[[], None] = lambda: None,
    ) -> None:
        """`patience`: how long the AI waits for customers who text several times in a row. `wake_outbox` is called when
        a text was answered by the out-of-office text, `wake_dealer` when an available agent is to get its ticket."""
        self._store = store
        self._clock = clock
        self._patience = patience
        self._offices = offices
        self._wake_outbox = wake_outbox
        self._wake_dealer = wake_dealer

    async def ingest(self, texts: Sequence[InboundText | RefusedText]) -> list[Outcome]:
        """One outcome per text, in order: that of one which is refused already is its refusal. Raises Unavailable when
        nothing can be stored now: asking again is safe."""
        if len(texts) == 1:
            # Most calls, unless much is going on; gathering one would cost a task.
            return [await self._ingest_one(texts[0])]
        return await asyncio.gather(*(self._ingest_one(text) for text in texts))

    async def _ingest_one(self, text: InboundText | RefusedText) -> Outcome:
        if isinstance(text, RefusedText):
            return text
        outcome = _refusal(text) or await self._store.ingest(text, self._plan)
        if isinstance(outcome, StoredText):
            if outcome.told:
                self._wake_outbox()
            if outcome.to_deal:
                self._wake_dealer()
        return outcome

    def _plan(self, texts: Sequence[InboundText], snapshot: Snapshot) -> IngestPlan:
        return plan(texts, snapshot, new_id, self._clock(), self._patience, PHRASES, self._offices)


def _refusal(text: InboundText) -> RefusedText | None:
    """What is wrong with the text by itself: one that cannot be stored must not reach a commit that others share."""
    for name in _REQUIRED:
        value = getattr(text, name)
        if not value:
            return RefusedText("FIELD_REQUIRED", f"{name} is required")
        if len(value) > ADDRESS_CHARACTERS:
            return RefusedText("FIELD_INVALID", f"{name} is longer than {ADDRESS_CHARACTERS} characters")
    if len(text.text.encode()) > INBOUND_TEXT_BYTES:
        return RefusedText("FIELD_INVALID", f"text is longer than {INBOUND_TEXT_BYTES} bytes")
    return None
