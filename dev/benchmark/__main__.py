"""`make bench`, or `python -m dev.benchmark`: how fast Keva is on this machine."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.benchmark import machine, mix, words
from dev.benchmark.folder import ResultFolder
from dev.benchmark.load.process import LoadError
from dev.local_stack.supervisor import StackError


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.benchmark", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    _add_mix(parts.add_parser("mix", help="a busy minute: texts, replies and delivery reports at once"))
    return parser.parse_args(argv)


def _add_mix(parser: argparse.ArgumentParser) -> None:
    usual = mix.Mix()
    parser.add_argument("--seconds", type=float, default=usual.seconds)
    parser.add_argument("--texts", type=float, default=usual.texts_per_second, help="a second (default %(default)s)")
    parser.add_argument(
        "--replies", type=float, default=usual.replies_per_second, help="a second (default %(default)s)"
    )
    parser.add_argument("--customers", type=int, default=usual.customers, help="default %(default)s")
    parser.add_argument("--busy", type=int, default=usual.busy, help="of them, with half of the texts and replies")
    parser.add_argument("--replicas", type=int, default=usual.replicas, help="of ticket_service, sms_service, gateway")
    parser.add_argument("--ai", action="store_true", help="the AI answers new tickets")
    parser.add_argument("--callbacks-once", action="store_true", help="Twilio reports each delivery once, not twice")
    _add_folder(parser)


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="for results and logs (default: .keva/benchmark/<time>/)")


def _say(line: str) -> None:
    print(line, flush=True)


async def _mix(arguments: argparse.Namespace, folder: ResultFolder) -> int:
    wanted = mix.Mix(
        seconds=arguments.seconds,
        texts_per_second=arguments.texts,
        replies_per_second=arguments.replies,
        customers=arguments.customers,
        busy=arguments.busy,
        replicas=arguments.replicas,
        with_ai=arguments.ai,
        callbacks_twice=not arguments.callbacks_once,
    )
    with folder.stack("mix") as stack:
        result = await mix.measure(wanted, stack, _say)
    for line in words.mix_lines(result):
        _say(line)
    folder.put("mix", [result])
    return 0 if result.is_clean else 1


def main(argv: Sequence[str] | None = None) -> int:
    """The program. Returns 1 when something was refused, lost or doubled, or did not start."""
    arguments = _arguments(argv)
    machine.check()
    folder = ResultFolder.at(arguments.folder)
    try:
        status = asyncio.run(_mix(arguments, folder))
    except (StackError, LoadError) as error:
        _say(str(error))
        return 1
    _say(f"Results and logs: {folder.path}")
    return status


if __name__ == "__main__":
    sys.exit(main())
