"""`make bench`, or `python -m dev.benchmark`: how fast Keva is on this machine, beside the least that could take a
webhook. Exit status 1 when something was refused, lost or doubled, or did not start."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from dev.benchmark import arguments, machine
from dev.benchmark.compare import comparison
from dev.benchmark.folder import ResultFolder
from dev.benchmark.growth.desks import GrowthError
from dev.benchmark.load.process import LoadError
from dev.benchmark.mix import Mix
from dev.benchmark.parts import Parts
from dev.benchmark.replies import Batch
from dev.local_stack.supervisor import StackError

# Wide enough for the tables where nobody looks, as in a log.
_console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
_MIXES = (Mix(), Mix(busy=60, replicas=2, with_ai=True))


async def _run(asked: argparse.Namespace, parts: Parts) -> bool:
    if asked.part == arguments.ALL:
        return await _all(asked, parts)
    one: dict[str, Callable[[], Awaitable[bool]]] = {
        "speed": lambda: parts.speed(arguments.series(asked)),
        "mix": lambda: parts.mix(arguments.mix(asked)),
        "replies": lambda: parts.replies(arguments.batch(asked)),
        "growth": lambda: parts.growth(arguments.growth(asked)),
        "overload": lambda: parts.overload(arguments.overload(asked)),
        "live": lambda: parts.live(arguments.live(asked)),
    }
    return await one[asked.part]()


async def _all(asked: argparse.Namespace, parts: Parts) -> bool:
    series, batch = arguments.series(asked), Batch(replicas=asked.replicas)
    minutes = series.minutes + batch.minutes + sum(mix.seconds + 20 for mix in _MIXES) / 60
    parts.say(f"This takes about {minutes:.0f} minutes; nothing else should run on this machine meanwhile.")
    right = [await parts.speed(series)]
    for number, mix in enumerate(_MIXES, 1):
        right.append(await parts.mix(replace(mix), f"mix-{number}"))
    return all([*right, await parts.replies(batch)])


def _compare(before: Path, after: Path) -> int:
    results: list[dict[str, Any]] = [json.loads(path.read_text()) for path in (before, after)]
    for name, result in zip((before, after), results, strict=True):
        _console.print(f"{name}: {result['time']}, {result['machine']}", markup=False)
    _console.print(comparison(*results))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The program."""
    asked = arguments.parse(sys.argv[1:] if argv is None else argv)
    if asked.part == "compare":
        return _compare(asked.before, asked.after)
    machine.check()
    folder = ResultFolder.at(asked.folder)
    parts = Parts(_console, folder)
    try:
        right = asyncio.run(_run(asked, parts))
    except (StackError, LoadError, GrowthError) as error:
        parts.say(str(error))
        return 1
    parts.say(f"Results, plot and logs: {folder.path}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
