"""Times of day in a text: "10 am", "18 h", "9-17 Uhr", noon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from responder_service.checks.dates import without_dates
from responder_service.checks.days import CLOCK
from responder_service.data.reading import alternatives, longest_word

_DAY_HOURS = 24
_MINUTES_OF_DAY = _DAY_HOURS * 60
_MIDNIGHT = re.compile(rf"(?<!\w)(?:{longest_word(CLOCK.midnight)})(?!\w)")
_NOON = re.compile(rf"(?<!\w)(?:{longest_word(CLOCK.noon)})(?!\w)")
# A time where a time stands, and else a part of the day: "a midday rest".
_MIDDAY = re.compile(
    rf"(?P<before>(?:(?<!\w)(?:{longest_word(CLOCK.before_midday)})\s|-\s?))(?P<midday>{longest_word(CLOCK.midday)})(?!\w)"
)
_MARK = alternatives(CLOCK.marks)
_CLOCK = re.compile(
    rf"(?<![\w.,$€£:])(?P<hour>\d{{1,2}})(?:[:.h]\s?(?P<minute>[0-5]\d)(?!\d))?"
    rf"(?:\s?(?P<half>a\.?\s?m\b\.?|p\.?\s?m\b\.?)|\s?(?P<mark>{_MARK})(?!\w))?"
    rf"(?:\s(?P<part>{longest_word((*CLOCK.morning, *CLOCK.evening))}))?(?!\w|[.,]?\d|\s?[€$£%])"
)
_BOUND = re.compile(r"\b(?:before|after|vor|nach|antes de(?: las)?|después de(?: las)?|avant|après)\s\Z")
_LIMITING = re.compile(rf"(?<!\w)(?:{longest_word(CLOCK.limiting)})\s(?:las\s|la\s)?\Z")
_TIMES_TO = re.compile(r"\s*(?:-|to\b|until\b|till\b|bis\b|à\b|hasta\b)\s?\d")
_TIMES_RANGE = re.compile(r"\s*(?:-|–|to|until|till|a|à|bis|and|y|et|und|hasta(?: las)?|jusqu'à)\s?(?:las\s|la\s)?\Z")


@dataclass(frozen=True)
class Time:
    """A time of day, in minutes from midnight: all that it may mean, "6" being 6 am or 6 pm. `sure` unless it is a bare
    number, which may count something else."""

    start: int
    end: int
    minutes: frozenset[int]
    sure: bool


def times(text: str) -> list[Time]:
    """The times of day in `text`, in their order, and bare numbers that may be some."""
    return [*_read(text)]


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Time, ...]:
    """Read once: each rule asks for them again."""
    return tuple(_times(clock_text(text)))


def clock_text(text: str) -> str:
    """`text` as times are read in it: folded, without dates, and noon is 12 h."""
    return _with_noon(without_dates(text))


@lru_cache(maxsize=256)
def without_times(text: str) -> str:
    """`text` as times are read in it, with blanks for them and for dates."""
    shown = list(clock_text(text))
    for time in times(text):
        if time.sure:
            shown[time.start : time.end] = " " * (time.end - time.start)
    return "".join(shown)


def bounds(text: str) -> list[Time]:
    """The times of day before or after which something holds."""
    plain = clock_text(text)
    return [time for time in times(text) if time.sure and _BOUND.search(plain[: time.start])]


def is_a_limit(text: str, time: Time) -> bool:
    """Whether something begins or ends at this time of `text`."""
    plain = clock_text(text)
    return _LIMITING.search(plain[: time.start]) is not None or _TIMES_TO.match(plain[time.end :]) is not None


def joins_times(between: str) -> bool:
    """Whether the text between two times makes them a beginning and an end."""
    return _TIMES_RANGE.fullmatch(between) is not None


def _with_noon(plain: str) -> str:
    noon = _NOON.sub(lambda match: "12h".ljust(len(match.group())), plain)
    noon = _MIDDAY.sub(lambda match: match["before"] + "12h".ljust(len(match["midday"])), noon)
    return _MIDNIGHT.sub(lambda match: "24h".ljust(len(match.group())), noon)


def _times(plain: str) -> Iterator[Time]:
    found = [match for match in _CLOCK.finditer(plain) if _is_time(match)]
    for number, match in enumerate(found):
        half, sure = _half(match), _is_sure(match)
        following = found[number + 1] if number + 1 < len(found) else None
        if following is not None and _TIMES_RANGE.fullmatch(plain[match.end() : following.start()]):
            # "10 to 6 pm", "10 bis 18 Uhr".
            sure = sure or _is_sure(following)
        yield Time(match.start(), match.end(), _minutes(match, half), sure)


def _is_time(match: re.Match[str]) -> bool:
    """Whether it can be a time: 9.30 is one with "Uhr" or "am" alone."""
    decimal = "." in match.group()[:3] and match.group("minute") and not (match.group("half") or match.group("mark"))
    return int(match.group("hour")) <= _DAY_HOURS and not decimal


def _is_sure(match: re.Match[str]) -> bool:
    return any(match.group(name) for name in ("minute", "half", "mark", "part"))


def _half(match: re.Match[str]) -> str:
    if match.group("half"):
        return match.group("half")[0]
    part = match.group("part")
    return "" if not part else "a" if part in CLOCK.morning else "p"


def _minutes(match: re.Match[str], half: str) -> frozenset[int]:
    hour, minute = int(match.group("hour")), int(match.group("minute") or 0)
    if half:
        return frozenset([(hour % 12 + (12 if half == "p" else 0)) * 60 + minute])
    at = (hour * 60 + minute) % _MINUTES_OF_DAY if hour != _DAY_HOURS else _MINUTES_OF_DAY
    # 14:00 and "8 Uhr" are of the day's clock; a bare 6, and 6:30, may be either half.
    either = hour <= 12 and match.group("mark") in (None, "o'clock") and not (match.group("minute") and hour < 1)
    return frozenset([at, at + 720]) if either and at < 720 else frozenset([at])
