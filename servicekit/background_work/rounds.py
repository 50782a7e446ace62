"""Work that is looked for again and again."""

from collections.abc import Awaitable, Callable

import structlog

from servicekit.background_work.failures import log_failure
from servicekit.background_work.wake_up import WakeUp

_log = structlog.get_logger(__name__)


async def repeat(
    work: Callable[[], Awaitable[bool]], every_seconds: float, what: str, wake_up: WakeUp | None = None
) -> None:
    """Runs `work` until it says that there is no more (False), pauses, and begins again, until cancelled.

    An exception ends that round alone: it is logged as "<what> failed; trying again".
    """
    wake_up = wake_up or WakeUp()
    while True:
        wake_up.clear()
        try:
            while await work():
                pass
        except Exception as error:
            log_failure(_log, f"{what} failed; trying again", error)
        await wake_up.wait(every_seconds)
