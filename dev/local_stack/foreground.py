"""Running in a terminal: Ctrl-C or SIGTERM ends the work in order, a second one ends it at once."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

INTERRUPTED = 128 + signal.SIGINT
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run_until_interrupted(work: Coroutine[Any, Any, int], kill_all: Callable[[], None]) -> int:
    """The exit status of `work`, or INTERRUPTED.

    The first signal cancels `work`, which ends what it has started on its way out. Every later one calls `kill_all`,
    so that this way out is short.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    cancelled = False

    def interrupt() -> None:
        nonlocal cancelled
        if cancelled:
            kill_all()
        else:
            cancelled = True
            task.cancel()

    for signum in _SIGNALS:
        loop.add_signal_handler(signum, interrupt)
    try:
        return await task
    except asyncio.CancelledError:
        return INTERRUPTED
    finally:
        for signum in _SIGNALS:
            loop.remove_signal_handler(signum)
