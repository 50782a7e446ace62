"""Background work: the AI's turns that are due, on every replica at once. A turn is claimed by a lease, one at a time
per ticket. When a replica dies, another one takes its turns once their leases have run out."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from servicekit.background_work.backoff import jittered
from servicekit.background_work.claim_loop import Claimed, ClaimLoop
from servicekit.background_work.failures import expected
from servicekit.background_work.rounds import repeat
from servicekit.clock import Clock
from ticket_service.domain.ai_turn import AiTurn, Patience
from ticket_service.ports.ai_turns import AiTurnStore
from ticket_service.use_cases.ai.ai_answers import AiAnswers, Taken

_RETRY = timedelta(seconds=2)
# How often tickets without a turn are looked for, and how long they have waited: older versions began no turns.
_ADOPTION = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TurnRules:
    """`lease` must be longer than a draft may take. Drafts that fail are tried again for `give_up_after`; then a person
    gets the ticket. Turns are looked for each `poll_seconds`, and `concurrency` of them are thought about at once."""

    lease: timedelta
    give_up_after: timedelta
    poll_seconds: float
    concurrency: int


class AiTurns:
    """Takes turns until cancelled. While it `gives_way` to customers and people, who wait too long as it is, it thinks
    about one turn at a time: whoever waits for the AI does not wait for ever."""

    def __init__(
        self,
        store: AiTurnStore,
        answers: AiAnswers,
        clock: Clock,
        patience: Patience,
        rules: TurnRules,
        gives_way: Callable[[], bool],
    ) -> None:
        self._store = store
        self._answers = answers
        self._clock = clock
        self._patience = patience
        self._rules = rules
        self._gives_way = gives_way
        self._thinking = 0
        self._turns = ClaimLoop(
            self._claim,
            self._take,
            self._give_back,
            what="turns of the AI",
            at_once=rules.concurrency,
            poll_seconds=rules.poll_seconds,
            names=lambda turn: {"ticket_id": turn.ticket_id},
        )

    async def run(self) -> None:
        """Claims turns one by one, and thinks about many at once."""
        async with asyncio.TaskGroup() as both:
            both.create_task(repeat(self._adopt, _ADOPTION.total_seconds(), "looking for tickets without a turn"))
            both.create_task(self._turns.run())

    async def _adopt(self) -> bool:
        """Nobody who texted before an upgrade, or during one, waits for the AI for ever."""
        now = self._clock()
        adopted = await self._store.adopt_tickets(now - _ADOPTION, now)
        if adopted:
            _log.info("tickets that waited for the AI without a turn got one", tickets=adopted)
        return False

    async def _claim(self) -> Claimed[AiTurn]:
        if self._thinking and self._gives_way():
            return Claimed()
        now = self._clock()
        turn = await self._store.claim_turn(now, now + self._rules.lease)
        if turn is None:
            return Claimed()
        self._thinking += 1
        return Claimed((turn,), more=True)

    async def _take(self, turn: AiTurn) -> None:
        try:
            taken = await self._answers.take(turn)
        except Exception as error:
            return await self._failed(turn, error)
        finally:
            self._thinking -= 1
        return await self._gone_on(turn, taken)

    async def _gone_on(self, turn: AiTurn, taken: Taken) -> None:
        now, patience = self._clock(), self._patience
        if taken is Taken.GREETED:
            due = now + patience.after_greeting
            await self._store.release_turn(turn, due, now + patience.longest, None, greeted=True)
        elif taken is Taken.NOT_ENDED:
            await self._not_ended(turn)

    async def _not_ended(self, turn: AiTurn) -> None:
        """The turn owes nothing any more, unless it has a newer version: that is thought about after a pause."""
        await self._store.finish_turn(turn)
        now = self._clock()
        await self._store.release_turn(turn, now, now + self._patience.longest, None)

    async def _failed(self, turn: AiTurn, error: Exception) -> None:
        now = self._clock()
        since = turn.failing_since or now
        known = expected(error)
        reason = known.reason if known else type(error).__name__
        _log.warning("no draft could be had", ticket_id=turn.ticket_id, reason=reason, exc_info=_bug(error))
        if now - since < self._rules.give_up_after:
            await self._store.release_turn(turn, now + jittered(_RETRY), now + self._patience.longest, since)
        else:
            await self._gone_on(turn, await self._answers.give_up(turn, reason))

    async def _give_back(self, turn: AiTurn) -> None:
        now = self._clock()
        await self._store.release_turn(turn, now, now + self._patience.longest, turn.failing_since)


def _bug(error: Exception) -> Exception | None:
    """Only what nobody expected is logged with its traceback."""
    return None if expected(error) else error
