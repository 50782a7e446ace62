"""What a responder needs: memory, and processor time for the longest conversations that it takes."""

import random
import re
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path

from dev.benchmark.machine import cpu_seconds, resident_mib
from dev.evaluation.businesses import Business
from dev.evaluation.cases import Case, Text
from dev.evaluation.figures import Amount, Row
from dev.evaluation.runner import RunningResponder, request_of
from servicekit.limits import CONVERSATION_MESSAGES, MESSAGE_CHARACTERS

_PART = "resources"
_MOST_MEGABYTES, _MOST_MILLISECONDS = 120, 50
# The clock of processor time has hundredths of a second.
_DRAFTS, _BATCHES = 10, 5
# What is read of the texts that wait, without a model and at all (responder_service/drafting).
_WAITING = {"of 1,000 characters": 1000, "of 3,000 characters": 3000}
_MIB = 1024 * 1024 / 1_000_000


def memory_row(mode: str, responder: RunningResponder, is_limited: bool = True) -> Row:
    """The resident memory of a responder that has been at work."""
    megabytes = resident_mib({"responder": responder.pid})["responder"] * _MIB
    return Amount(_PART, f"resident memory, {mode}", megabytes, "MB", _MOST_MEGABYTES if is_limited else None)


async def processor_row(
    responder: RunningResponder, business: Business, progress: Callable[[], None], called: str = ""
) -> Row:
    """The processor time of a draft for the longest conversation, the most expensive of several kinds."""
    found: dict[str, float] = {}
    for name, case in longest(business.articles).items():
        found[name] = await _milliseconds(responder, business, case)
        progress()
    detail = "\n".join(f"{name}: {milliseconds:.0f} ms" for name, milliseconds in found.items())
    measure = f"processor time of the dearest draft{called}"
    return Amount(_PART, measure, max(found.values()), "ms", _MOST_MILLISECONDS, detail)


async def _milliseconds(responder: RunningResponder, business: Business, case: Case) -> float:
    """Of one draft: the median of some batches, since others are at work on the machine, too."""
    pids = {"responder": responder.pid}
    batches = []
    for _ in range(_BATCHES):
        before = cpu_seconds(pids)["responder"]
        for _ in range(_DRAFTS):
            await responder.ask(request_of(case, business))
        batches.append((cpu_seconds(pids)["responder"] - before) / _DRAFTS * 1000)
    return statistics.median(batches)


def longest(articles: Path) -> Mapping[str, Case]:
    """The longest conversations that are allowed, by their kind: of the articles' own words, which search finds much
    for, and of words that it does not know."""
    own = re.findall(r"\w+", " ".join(path.read_text(encoding="utf-8") for path in sorted(articles.rglob("*.md"))))
    chance = random.Random(1)
    unknown = ["".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(500)]
    found = {}
    for words_name, words in {"known words": own, "unknown words": unknown}.items():
        for name, characters in _WAITING.items():
            found[f"{words_name} {name}"] = _conversation(words, characters, chance)
    return found


def _conversation(words: list[str], characters: int, chance: random.Random) -> Case:
    """As many messages as there may be; the last of them, of so many characters together, wait for an answer."""

    def text(length: int) -> str:
        return " ".join(chance.choices(words, k=length))[:length]

    waiting = [Text(customer=text(min(MESSAGE_CHARACTERS, characters)))]
    if characters > MESSAGE_CHARACTERS:
        waiting.append(Text(customer=text(characters - MESSAGE_CHARACTERS)))
    before = [Text(customer=text(MESSAGE_CHARACTERS)), Text(ai=text(MESSAGE_CHARACTERS))]
    older = [before[number % 2] for number in range(CONVERSATION_MESSAGES - len(waiting) - 1)]
    messages = [*older, Text(ai=text(MESSAGE_CHARACTERS)), *waiting]
    return Case(id="longest", kind="longest", set="tuning", outcome="either", messages=messages)
