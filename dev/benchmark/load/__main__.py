"""`python -m dev.benchmark.load`: reads an order from standard input, signs its requests, says `ready`, begins when it
reads another line, and writes the result. Without that line it ends, as when its parent has died; once begun, it ends
by itself."""

import gc
import resource
import sys

import uvloop

from dev.benchmark.load.loops import Run
from dev.benchmark.load.orders import Order
from dev.benchmark.load.texts import requests_of


def main() -> None:
    """The process."""
    order = Order.parse(sys.stdin.readline())
    requests = list(requests_of(order))
    # Nothing of it will be garbage before the end.
    gc.collect()
    gc.disable()
    print("ready", flush=True)
    if sys.stdin.readline():
        print(uvloop.run(_run(order, requests)), flush=True)


async def _run(order: Order, requests: list[bytes]) -> str:
    before = _cpu_seconds()
    run = Run(order, requests)
    await run.run()
    return run.tally.result(_cpu_seconds() - before).line()


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
