"""Results in lines, for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from dev.benchmark.browsers.measuring import LiveResult
from dev.benchmark.figures import Spread, plain
from dev.benchmark.growth.pages import MOST_MILLISECONDS
from dev.benchmark.load.orders import Latency, Result
from dev.benchmark.mix import MixResult
from dev.benchmark.overload import OverloadResult
from dev.benchmark.replies import RepliesResult
from dev.benchmark.summary import by_service

_MOST_FOREIGN = 0.05


def latency(of: Latency) -> str:
    """Its percentiles."""
    return f"p50 {plain(of.p50)}, p90 {plain(of.p90)}, p99 {plain(of.p99)}, most {plain(of.most)} ms"


def counts(answers: Mapping[str, int]) -> str:
    """`1,794 × 200, 3 × 503`."""
    return ", ".join(f"{count:,} × {answer}" for answer, count in sorted(answers.items())) or "none"


def figures(of: Mapping[str, float]) -> str:
    """`gateway 1.21, mongod 1.52`: those that are not nothing."""
    return ", ".join(f"{name} {plain(value)}" for name, value in of.items() if value >= 0.005) or "none"


def foreign_line(of: Spread) -> str:
    """How much others disturbed."""
    spread = "" if of.low == of.high else f" ({of.low * 100:.0f} to {of.high * 100:.0f})"
    verdict = "THE FIGURES ARE NOT TO BE TRUSTED" if of.median > _MOST_FOREIGN else "next to nothing"
    return f"Other programs used {of.median * 100:.0f} % of the processor{spread}: {verdict}."


def _others(share: float) -> str:
    return f"  others    {foreign_line(Spread(share, share, share))}"


def bad_seconds(result: Result) -> str:
    """In which seconds something else than 200 was answered."""
    bad = [second for second, answers in enumerate(result.by_second) if set(answers) - {"200"}]
    return f"; in the seconds {bad_ranges(bad)}" if bad else ""


def bad_ranges(numbers: Sequence[int]) -> str:
    """`7 to 23, 30` of rising numbers."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ranges)


def mix_lines(result: MixResult) -> list[str]:
    """What a mix came to."""
    accepted = result.replies.get("accepted", 0)
    texts = result.texts
    ai = f", {result.by_ai} of the AI's" if result.mix.with_ai else ""
    return [
        f"  texts     {counts(texts.answers)}{bad_seconds(texts)}; {result.stored_texts:,} stored",
        f"            {latency(texts.latency)}; at most {texts.most_at_once} at once",
        f"  replies   {counts(result.replies)}; {result.sent} of {accepted} sent, {result.sent_twice} twice{ai}",
        f"            {latency(result.reply_latency)} until stored",
        f"  reports   {counts(result.reports)}",
        f"  CPU       ms per text: {figures(by_service(result.cpu_ms_per_text))}",
        f"  database  per text: {figures(result.per_text)}",
        _others(result.foreign_share),
        f"  {'clean' if result.is_clean else 'NOT CLEAN: something was refused, or not stored, or not sent'}",
    ]


def reply_lines(result: RepliesResult) -> list[str]:
    """What replies came to."""
    return [
        f"  at rest   {latency(result.accepted)} until Twilio has it",
        f"            {latency(result.stored)} until stored",
        f"  many      {counts(result.answers)}; {plain(result.stored_a_second)} a second stored, "
        f"{plain(result.accepted_a_second)} a second at Twilio; {result.sent_wrongly} not sent exactly once",
        f"  CPU       ms per reply: {figures(by_service(result.cpu_ms_per_reply))}",
        _others(result.foreign_share),
    ]


def overload_lines(result: OverloadResult) -> list[str]:
    """What an overload came to."""
    heavy, missed = result.result, result.overload.missed
    seconds = result.found_in_seconds
    found = (
        f"{missed} stored after {seconds:g} s" if seconds is not None else f"{missed} NOT FOUND" if missed else "none"
    )
    return [
        f"  best      {result.best:.0f} texts a second; asked for {result.asked:.0f}",
        f"  taken     {heavy.rate:.0f} a second, {result.goodput * 100:.0f} % of the best; {counts(heavy.answers)}; "
        f"{result.stored:,} stored",
        f"            answered 200: {latency(heavy.latency)}",
        f"            refused: {latency(heavy.refused_latency)}",
        f"  after     {counts(result.probes.answers)}{bad_seconds(result.probes)}",
        f"  missed    {found}",
        _others(result.foreign_share),
    ]


def live_lines(result: LiveResult) -> list[str]:
    """What open pages came to."""
    told = f"{result.missed} NOT TOLD" if result.missed else "all told"
    return [
        f"  texts     {counts(result.texts.answers)}{bad_seconds(result.texts)}; {result.stored:,} stored",
        f"  pages     {result.live.browsers}: {told}, {result.twice} twice; the last {result.behind_seconds:g} s later",
        f"  console   {result.memory_mib[0]:g} MiB at first, {max(result.memory_mib):g} at most, "
        f"{result.memory_mib[-1]:g} in the end; {result.cpu_ms_per_event:g} ms of the processor per text and page",
    ]


def failed_pages(sizes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Pages that did not come, or were another one."""
    return [
        f"{size['tickets']:,} tickets: {page['failed']} times no page: {name}"
        for size in sizes
        for name, page in size["pages"].items()
        if page["failed"]
    ]


def slow_pages(sizes: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those that took longer than people are to wait."""
    return [
        f"{size['tickets']:,} tickets: {name} took {plain(page['latency']['p99'])} ms at p99, "
        f"more than {plain(MOST_MILLISECONDS)}"
        for size in sizes
        for name, page in size["pages"].items()
        if page["latency"]["p99"] > MOST_MILLISECONDS
    ]
