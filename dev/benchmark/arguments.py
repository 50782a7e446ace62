"""The command line of the benchmark."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from dev.benchmark.browsers.measuring import Live
from dev.benchmark.growth.measuring import Growth
from dev.benchmark.mix import Mix
from dev.benchmark.overload import Overload
from dev.benchmark.replies import Batch
from dev.benchmark.throughput import LEVELS, Level, Series

DESCRIPTION = "How fast Keva is on this machine, beside the least that could take a webhook."
ALL = "all"


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """What is to be done: `part` says what. Without a part it is all of the usual ones."""
    parser = argparse.ArgumentParser(prog="python -m dev.benchmark", description=DESCRIPTION)
    parts = parser.add_subparsers(dest="part", required=True)
    everything = parts.add_parser(ALL, help="speed, two busy minutes, replies: what `make bench` does")
    _add_speed(everything)
    _add_folder(_add_speed(parts.add_parser("speed", help="texts a second and what each costs")))
    _add_mix(parts.add_parser("mix", help="a busy minute: texts, replies and delivery reports at once"))
    _add_replies(parts.add_parser("replies", help="how long a reply takes, and how many a second leave"))
    _add_growth(parts.add_parser("growth", help="the same with more and more tickets, which are filled in"))
    _add_overload(parts.add_parser("overload", help="more texts than Keva can take, and what comes after"))
    _add_live(parts.add_parser("live", help="many pages of the console are open while texts come"))
    compare = parts.add_parser("compare", help="two results beside each other")
    compare.add_argument("before", type=Path, help="a results.json")
    compare.add_argument("after", type=Path, help="another one")
    _add_folder(everything)
    is_part = bool(argv) and (argv[0] in parts.choices or argv[0] in ("-h", "--help"))
    return parser.parse_args(argv if is_part else [ALL, *argv])


def _add_speed(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    usual = Series()
    parser.add_argument("--repetitions", type=int, default=usual.repetitions, help="default %(default)s")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of one run (default %(default)s)")
    parser.add_argument("--open-seconds", type=float, default=usual.open_seconds, help="of one at a steady rate")
    parser.add_argument("--at-once", type=int, nargs="*", help="how many webhooks at once (default 1 8 32 64 128)")
    parser.add_argument("--a-second", type=float, nargs="*", help="how many a second (default 100)")
    _add_replicas(parser)
    return parser


def series(arguments: argparse.Namespace) -> Series:
    """What `speed` is to measure."""
    at_once = [Level(at_once=number) for number in arguments.at_once or ()]
    a_second = [Level(a_second=number) for number in arguments.a_second or ()]
    chosen = arguments.at_once is not None or arguments.a_second is not None
    return Series(
        levels=[*at_once, *a_second] if chosen else LEVELS,
        repetitions=arguments.repetitions,
        seconds=arguments.seconds,
        open_seconds=arguments.open_seconds,
        replicas=arguments.replicas,
    )


def _add_mix(parser: argparse.ArgumentParser) -> None:
    usual = Mix()
    parser.add_argument("--seconds", type=float, default=usual.seconds)
    parser.add_argument("--texts", type=float, default=usual.texts_per_second, help="a second (default %(default)s)")
    parser.add_argument(
        "--replies", type=float, default=usual.replies_per_second, help="a second (default %(default)s)"
    )
    parser.add_argument("--customers", type=int, default=usual.customers, help="default %(default)s")
    parser.add_argument("--busy", type=int, default=usual.busy, help="of them, with half of the texts and replies")
    parser.add_argument("--ai", action="store_true", help="the AI answers new tickets")
    parser.add_argument("--callbacks-once", action="store_true", help="Twilio reports each delivery once, not twice")
    _add_replicas(parser)
    _add_folder(parser)


def mix(arguments: argparse.Namespace) -> Mix:
    """What `mix` is to do."""
    return Mix(
        seconds=arguments.seconds,
        texts_per_second=arguments.texts,
        replies_per_second=arguments.replies,
        customers=arguments.customers,
        busy=arguments.busy,
        replicas=arguments.replicas,
        with_ai=arguments.ai,
        callbacks_twice=not arguments.callbacks_once,
    )


def _add_replies(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--single", type=int, default=Batch().single, help="one after the other (default %(default)s)")
    parser.add_argument("--many", type=int, default=Batch().many, help="as fast as they go (default %(default)s)")
    _add_replicas(parser)
    _add_folder(parser)


def batch(arguments: argparse.Namespace) -> Batch:
    """What `replies` is to do."""
    return Batch(arguments.single, arguments.many, arguments.replicas)


def _add_growth(parser: argparse.ArgumentParser) -> None:
    usual = Growth()
    parser.add_argument("--tickets", type=_sizes, default=usual.sizes, help="default 1000,100000,1000000")
    parser.add_argument("--repetitions", type=int, default=usual.repetitions, help="default %(default)s")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="of one run (default %(default)s)")
    parser.add_argument("--questions", type=int, default=usual.questions, help="each so often (default %(default)s)")
    _add_replicas(parser)
    _add_folder(parser)


def _sizes(text: str) -> list[int]:
    """Rising numbers of tickets with commas. Raises ValueError."""
    sizes = [int(size) for size in text.split(",")]
    if sizes != sorted(set(sizes)) or sizes[0] < 1:
        raise ValueError(text)
    return sizes


def growth(arguments: argparse.Namespace) -> Growth:
    """What `growth` is to measure."""
    return Growth(
        sizes=arguments.tickets,
        repetitions=arguments.repetitions,
        seconds=arguments.seconds,
        questions=arguments.questions,
        replicas=arguments.replicas,
    )


def _add_overload(parser: argparse.ArgumentParser) -> None:
    usual = Overload()
    parser.add_argument("--times", type=float, default=usual.times, help="the best rate (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="default %(default)s")
    parser.add_argument("--missed", type=int, default=usual.missed, help="texts that are in Twilio's log alone")
    parser.add_argument("--starved", action="store_true", help="two busy loops take part of the processor")
    _add_replicas(parser)
    _add_folder(parser)


def overload(arguments: argparse.Namespace) -> Overload:
    """What `overload` is to do."""
    return Overload(arguments.times, arguments.seconds, arguments.missed, arguments.replicas, arguments.starved)


def _add_live(parser: argparse.ArgumentParser) -> None:
    usual = Live()
    parser.add_argument(
        "--browsers", type=int, default=usual.browsers, help="pages that are open (default %(default)s)"
    )
    parser.add_argument("--texts", type=float, default=usual.texts_per_second, help="a second (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=usual.seconds, help="default %(default)s")
    _add_folder(parser)


def live(arguments: argparse.Namespace) -> Live:
    """What `live` is to do."""
    return Live(arguments.browsers, arguments.texts, arguments.seconds)


def _add_replicas(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replicas", type=int, default=1, help="of ticket_service, sms_service and the gateway")


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, help="for results and logs (default: .keva/benchmark/<time>/)")
