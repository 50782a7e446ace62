"""`make fuzz`, or `python -m dev.fuzz`. Exit status 0: no 500, no hang, no growth, and nothing genuine lost."""

import argparse
import asyncio
import sys

from dev.fuzz.run import fuzz_own_stack
from dev.local_stack.supervisor import StackError


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m dev.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=60, help="how long that may take")
    parser.add_argument("--seed", type=int, default=1, help="what decides the requests and their order")
    arguments = parser.parse_args()
    try:
        report = asyncio.run(fuzz_own_stack(arguments.requests, arguments.minutes * 60, arguments.seed, _say))
    except StackError as error:
        sys.exit(f"the stack does not run: {error}")
    for line in report.lines():
        _say(line)
    sys.exit(0 if report.passed else f"failed; again with --seed {arguments.seed} --requests {arguments.requests}")


if __name__ == "__main__":
    main()
