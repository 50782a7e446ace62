"""Transactions that are run again when they lose a race, a bounded number of times."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pymongo.errors import PyMongoError

from servicekit import errors
from servicekit.mongo.blocking_transactions import (
    COMMITS,
    OPTIONS,
    is_worth_another_commit,
    lost_race,
    not_confirmed,
)
from servicekit.mongo.turnstile import Turnstile

Result = TypeVar("Result")

MAX_ATTEMPTS = 12


async def in_transaction(
    client: Any,
    work: Callable[[Any], Awaitable[Result]],
    attempts: int = MAX_ATTEMPTS,
    turnstile: Turnstile | None = None,
) -> Result:
    """Runs `work(session)` in one transaction, on a majority's journals when this returns.

    Write conflicts and duplicate keys run `work` again, which must therefore read what it decides by: a duplicate key
    means that somebody else was first. Raises Aborted CONCURRENT_UPDATE when that happens `attempts` times in a row,
    and the driver's own errors otherwise.

    A caller that is cancelled (its client hung up) does not interrupt it: the driver's threads would go on using a
    session that is being given back. Its time is bounded by CLIENT_OPTIONS. It counts in `turnstile` as long
    as it runs, whoever waits for it.
    """
    if turnstile is not None:
        await turnstile.enter()
    transaction = asyncio.create_task(_attempts(client, work, attempts))
    if turnstile is not None:
        transaction.add_done_callback(turnstile.leave)
    transaction.add_done_callback(_seen)
    return await asyncio.shield(transaction)


def _seen(transaction: "asyncio.Task[Any]") -> None:
    """Nobody waits for a cancelled caller's transaction any more; its error does not matter."""
    if not transaction.cancelled():
        transaction.exception()


async def _attempts(client: Any, work: Callable[[Any], Awaitable[Result]], attempts: int) -> Result:
    for attempt in range(attempts):
        if attempt:
            await asyncio.sleep(pause_before(attempt))
        try:
            async with await client.start_session() as session:
                return await _attempt(session, work)
        except PyMongoError as error:
            if not lost_race(error):
                raise
    raise concurrent_update()


def concurrent_update() -> errors.Aborted:
    """The error of whoever loses race after race."""
    return errors.Aborted("CONCURRENT_UPDATE", "somebody else changed this at the same time; ask again")


def pause_before(attempt: int) -> float:
    """Seconds, at random, so that those who have met do not meet again."""
    return random.uniform(0, 0.005 * 2 ** min(attempt, 5))  # noqa: S311


async def _attempt(session: Any, work: Callable[[Any], Awaitable[Result]]) -> Result:
    session.start_transaction(**OPTIONS)
    try:
        result = await work(session)
    except BaseException:
        # Left alone, an open transaction holds its locks for a minute.
        await session.abort_transaction()
        raise
    await _commit(session)
    return result


async def _commit(session: Any) -> None:
    for _ in range(COMMITS):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not is_worth_another_commit(error):
                raise
        else:
            return
    raise not_confirmed()
