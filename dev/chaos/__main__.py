"""`make chaos`, or `python -m dev.chaos`. Exit status 0: all promises kept in all runs."""

import argparse
import asyncio
import sys

from dev.chaos.plan import Size, make_plan
from dev.chaos.run import SETTINGS, run
from dev.local_stack.supervisor import StackError


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="what decides the plan; the same seed, the same plan")
    parser.add_argument("--runs", type=int, default=1, help="how many, with the seeds from --seed on")
    parser.add_argument("--texts", type=int, default=5000)
    parser.add_argument("--replies", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20, help="SIGKILLs; pauses and restarts come on top")
    parser.add_argument("--replicas", type=int, choices=(1, 2), help="of each service; by turns unless given")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)


async def _all(arguments: argparse.Namespace) -> int:
    broken = []
    for seed in range(arguments.seed, arguments.seed + arguments.runs):
        replicas = arguments.replicas or 1 + seed % 2
        size = Size(arguments.texts, arguments.replies, arguments.kills, replicas)
        try:
            report = await run(make_plan(seed, size), _say)
        except StackError as error:
            _say(f"seed {seed}: {error}")
            broken.append(seed)
            continue
        for line in report.lines():
            _say(line)
        if not report.passed:
            broken.append(seed)
    not_kept = f"; not those of the seeds {', '.join(map(str, broken))}" if broken else ""
    _say(f"{arguments.runs - len(broken)} of {arguments.runs} runs kept all promises{not_kept}")
    return 1 if broken else 0


def main() -> None:
    """The process."""
    arguments = _arguments()
    _say("Shorter waits than in production: " + ", ".join(f"{name}={value}" for name, value in SETTINGS.items()))
    sys.exit(asyncio.run(_all(arguments)))


if __name__ == "__main__":
    main()
