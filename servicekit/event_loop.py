"""The event loop of every service: uvloop, which spends less time than asyncio's own."""

import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

Result = TypeVar("Result")

# How long a thread may keep the interpreter while another one waits for it. By itself 5 ms: a thread that waits for the
# database five times in a commit would lose them five times when the loop is busy.
_SWITCH_SECONDS = 0.0005
# How many new objects may gather before the youngest are looked through for cycles. By itself 700: twenty requests.
_YOUNG_OBJECTS = 20_000


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Runs a service until it ends."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What was imported stays: no use in looking through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
    return uvloop.run(main)
