"""`python -m dev.compressed_flood`. Exit status 0: all genuine webhooks were answered in time beside compressed bodies,
as beside the same bytes that nobody calls compressed, and beside nothing."""

import argparse
import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from dev.benchmark import machine
from dev.compressed_flood.run import Flood, Phase, replay
from dev.local_stack.desk import RunningStack
from dev.local_stack.supervisor import StackError


async def _on_own_stack(flood: Flood) -> list[Phase]:
    with TemporaryDirectory(prefix="keva-compressed-flood-") as folder:
        async with RunningStack.start(Path(folder), lambda *_: None) as running:
            return await replay(running, flood)


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m dev.compressed_flood", description=__doc__)
    parser.add_argument("--seconds", type=float, default=Flood.seconds, help="of each phase")
    parser.add_argument("--rate", type=float, default=Flood.a_second, help="a stranger's requests a second")
    parser.add_argument("--genuine", type=float, default=Flood.genuine_a_second, help="genuine webhooks a second")
    arguments = parser.parse_args()
    machine.check()
    try:
        phases = asyncio.run(_on_own_stack(Flood(arguments.seconds, arguments.rate, arguments.genuine)))
    except StackError as error:
        sys.exit(f"the stack does not run: {error}")
    for phase in phases:
        print(phase.line(), flush=True)
    lost = [phase.stranger for phase in phases if phase.in_time < phase.genuine]
    sys.exit(f"genuine webhooks were not answered in time beside: {', '.join(lost)}" if lost else 0)


if __name__ == "__main__":
    main()
