"""The line of all wishes of a replica: what gathers while one commit runs goes into the next one.

One commit at a time: two of one replica would only meet each other's writes, and begin again. Two replicas may still
meet: who is overtaken reads again, and sees by that which threads others write to. Those get commits of their own for a
while, and a commit of many that is overtaken twice goes on in halves: nobody waits for a thread that others fight for,
nor long for many such threads, which take turns.
"""

import asyncio
import contextlib
import time
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from servicekit.background_work.pace import Pace
from servicekit.errors import KevaError
from servicekit.gathering import AGAIN, Failed, Gatherer
from servicekit.mongo.blocking_transactions import lost_race, not_confirmed, transact
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.mongo.metrics import CONFLICTS, LOST, TRANSACTIONS
from servicekit.mongo.transactions import MAX_ATTEMPTS, concurrent_update, pause_before
from ticket_service.domain.ingest_plan import Outcome, RefusedText
from ticket_service.domain.outgoing.thread_decision import ThreadWrite
from ticket_service.domain.ticket_decision import TicketWrite
from ticket_service.mongo.commits.contested import Contested
from ticket_service.mongo.commits.decisions import Decisions
from ticket_service.mongo.commits.found import Found
from ticket_service.mongo.commits.passed_over import PassedOver
from ticket_service.mongo.commits.reads import Reader
from ticket_service.mongo.commits.rejections import is_about_the_database, is_rejection
from ticket_service.mongo.commits.wishes import ChangeWish, TextWish, ThreadWish, Wish
from ticket_service.mongo.commits.writes import Overtaken, Writer, Writes
from ticket_service.mongo.database import Database
from ticket_service.mongo.trail.keys import learn_blocking

_MOST_TOGETHER = 128
_MOST_WAITING = 5000
# Whoever waits has begun to wait for something else before, and must be told in time for that.
_LONGEST_WAIT_SECONDS = 1.2
# Texts of an hour ago leave room to those of customers who text now.
_MOST_RECOVERED = 25
# A commit takes 10 to 50 ms. Who waits this long waits for others, or for a processor; and so will the next ones.
_SLOW_SECONDS = 0.2
_SLOW_FOR_SECONDS = 1.0
_ATTEMPTS_OF_MANY = 2
# How long contested threads may hold up their neighbours, who wait as long, and those who wait behind them.
_APART_SECONDS = 0.1
_LAST_SECONDS = 3.0
# How long after a commit found no database the next ones take that for true.
_AWAY_SECONDS = 0.1
_log = structlog.get_logger(__name__)


class _Rejected(Exception):
    """The database does not take what was to be written, and never will; the cause says why."""


class _Apart(Exception):
    """Not in one commit: `groups` are the places of wishes that may share one."""

    def __init__(self, groups: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.groups = groups


class Commits:
    """Grants wishes. `database` is the driver's blocking one, used by one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._reader = Reader(database)
        self._writer = Writer(database)
        self._contested = Contested()
        self._passed_over = PassedOver()
        self._away: Exception = not_confirmed()
        self._away_until = 0.0
        self._thread = ThreadPoolExecutor(1, "commits")
        self.pace = Pace(_SLOW_SECONDS, _SLOW_FOR_SECONDS)
        self._wishes: Gatherer[Wish, Any] = Gatherer(
            self._run, _MOST_TOGETHER, max_waiting=_MOST_WAITING, longest_wait_seconds=_LONGEST_WAIT_SECONDS
        )
        self._recovered: Gatherer[TextWish, Outcome] = Gatherer(
            self._run_recovered, _MOST_RECOVERED, max_waiting=_MOST_WAITING
        )

    async def store(self, wish: TextWish) -> Outcome:
        """What became of the text. Raises Unavailable OVERLOADED, and the driver's errors."""
        if wish.text.recovered:
            return await self._recovered.submit(wish)
        with self.pace.timed():
            outcome: Outcome = await self._wishes.submit(wish)
        return outcome

    async def change(self, wish: ChangeWish) -> TicketWrite:
        """What was written. Raises TICKET_NOT_FOUND or MESSAGE_NOT_FOUND, what the decision raises, Unavailable
        OVERLOADED, and the driver's errors."""
        # A caller that hangs up does not end what others wait for, nor make its own outcome unknown.
        with self.pace.timed():
            written: TicketWrite = await self._wishes.submit(wish)
        return written

    async def change_thread(self, wish: ThreadWish) -> ThreadWrite:
        """What was written. Raises what the decision raises, Unavailable OVERLOADED, and the driver's errors."""
        with self.pace.timed():
            written: ThreadWrite = await self._wishes.submit(wish)
        return written

    def close(self) -> None:
        """Waits a moment for the commit that runs: its tickets would stay locked otherwise. Then the thread may end."""
        with contextlib.suppress(TimeoutError, RuntimeError):
            self._thread.submit(int).result(_LAST_SECONDS)
        self._thread.shutdown(wait=False)

    async def _run(self, wishes: list[Wish]) -> list[Any]:
        outcomes = await asyncio.get_running_loop().run_in_executor(self._thread, self._granted, wishes)
        self._passed_over.note(wishes, outcomes)
        return outcomes

    async def _run_recovered(self, wishes: list[TextWish]) -> list[Any]:
        outcomes = await asyncio.gather(*map(self._wishes.submit, wishes), return_exceptions=True)
        return [Failed(outcome) if isinstance(outcome, Exception) else outcome for outcome in outcomes]

    def _granted(self, wishes: Sequence[Wish]) -> list[Any]:
        """One outcome per wish, in order. Blocks."""
        if time.monotonic() < self._away_until:
            return [Failed(self._away)] * len(wishes)
        try:
            return self._attempts(wishes)
        except _Apart as apart:
            return self._taking_turns(wishes, apart.groups)
        except Exception as error:
            if is_about_the_database(error):
                self._note(error)
                return [Failed(error)] * len(wishes)
            if len(wishes) == 1:
                return [_refused(wishes[0], error)]
        # Finds the one that cannot be written, so that its neighbours are.
        middle = len(wishes) // 2
        return self._one_after_the_other(wishes, [range(middle), range(middle, len(wishes))])

    def _note(self, error: Exception) -> None:
        """Who has waited for a commit that found no database need not look for it, each as long again."""
        if isinstance(error, ServerSelectionTimeoutError) and (away := as_keva_error(error)) is not None:
            self._away, self._away_until = away, time.monotonic() + _AWAY_SECONDS

    def _taking_turns(self, wishes: Sequence[Wish], groups: Sequence[Sequence[int]]) -> list[Any]:
        """Two groups, so that those that nobody fights for and one contested thread get on, and more while there is
        time. The rest comes AGAIN, first of all: as many at most as may do that, so that no later text of the thread
        goes first."""
        until = time.monotonic() + _APART_SECONDS
        outcomes: list[Any] = [AGAIN] * len(wishes)
        for number, places in enumerate(groups):
            if number >= 2 and time.monotonic() > until and outcomes.count(AGAIN) <= len(wishes) // 2:
                break
            self._grant(wishes, places, outcomes)
        return outcomes

    def _one_after_the_other(self, wishes: Sequence[Wish], groups: Sequence[Sequence[int]]) -> list[Any]:
        outcomes: list[Any] = [AGAIN] * len(wishes)
        for places in groups:
            self._grant(wishes, places, outcomes)
        return outcomes

    def _grant(self, wishes: Sequence[Wish], places: Sequence[int], outcomes: list[Any]) -> None:
        for place, outcome in zip(places, self._granted([wishes[place] for place in places]), strict=True):
            outcomes[place] = outcome

    def _attempts(self, wishes: Sequence[Wish]) -> list[Any]:
        known: dict[Hashable, object] = {}
        for attempt in range(MAX_ATTEMPTS if len(wishes) == 1 else _ATTEMPTS_OF_MANY):
            if attempt:
                # Short, however often: nobody else commits meanwhile.
                time.sleep(pause_before(min(attempt, 2)))
            found = self._read(wishes)
            subjects = [found.subject(wish) for wish in wishes]
            versions = {subject: found.version(wish) for subject, wish in zip(subjects, wishes, strict=True)}
            if attempt:
                self._contested.note(known, versions)
            known = versions
            for groups in (self._passed_over.apart(wishes, subjects), self._contested.apart(subjects)):
                if len(groups) > 1:
                    raise _Apart(groups)
            try:
                return self._attempt(wishes, found)
            except Overtaken:
                CONFLICTS.inc()
            except PyMongoError as error:
                if not lost_race(error):
                    raise
                CONFLICTS.inc()
        LOST.inc()
        raise concurrent_update()

    def _read(self, wishes: Sequence[Wish]) -> Found:
        texts = [wish.text for wish in wishes if isinstance(wish, TextWish)]
        starts = [wish for wish in wishes if isinstance(wish, ThreadWish)]
        return self._reader.read(texts, [wish for wish in wishes if isinstance(wish, ChangeWish)], starts)

    def _attempt(self, wishes: Sequence[Wish], found: Found) -> list[Any]:
        if any(map(self._db.trail.may_be_newer, found.heads)):
            learn_blocking(self._db)
        decisions = Decisions(self._db.keys, found, wishes)
        decisions.decide(self._reader.read_needs)
        if decisions.writes:
            writes = self._writer.numbered(decisions.writes)
            self._write(writes)
            decisions.number(writes.new_tickets)
            self._writer.used(writes)
            self._db.trail.wrote(writes.records)
            TRANSACTIONS.inc()
        return decisions.outcomes

    def _write(self, writes: Writes) -> None:
        try:
            transact(self._db.client, lambda session: self._writer.write(writes, session))
        except Exception as error:
            # Here alone: what cannot be read says nothing of what was to be written.
            if is_rejection(error):
                raise _Rejected from error
            raise


def _refused(wish: Wish, error: Exception) -> RefusedText | Failed:
    cause = error.__cause__
    if not isinstance(wish, TextWish) or isinstance(error, KevaError):
        return Failed(cause if isinstance(error, _Rejected) and isinstance(cause, Exception) else error)
    if not isinstance(error, _Rejected):
        # A bug. Those whose texts travel in the same call hear of theirs all the same.
        _log.error("text not stored", message_sid=wish.text.twilio_message_sid, exc_info=error)
        return RefusedText("INTERNAL", "an unexpected exception; the log has it")
    _log.error("text rejected by the database", message_sid=wish.text.twilio_message_sid, exc_info=error)
    return RefusedText("MESSAGE_REJECTED", "the database does not take this text")
