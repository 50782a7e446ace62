"""What the parts of a sentence say of days: each with the day that the part before it told, without what only
repeats the customer's case."""

from collections.abc import Iterator

from responder_service.checks import clock, days
from responder_service.checks.agreement import echoes
from responder_service.checks.claim import Claim
from responder_service.checks.denials import denies
from responder_service.checks.schedule import Schedule, schedule
from responder_service.checks.wording import content


def with_their_days(claim: Claim) -> Iterator[str]:
    """The parts of the sentence, each with the day that the part before it told: "tomorrow is Saturday, so we close at
    4"."""
    told = ""
    for part in (clause for whole in claim.parts for clause in _clauses(whole)):
        said = _without_echoes(_without_what_day_it_is(part, claim), claim)
        named = schedule(said)
        # "We have cats on Wednesdays, but we don't cut their hair": that denies no day.
        is_of_it = not denies(said) or bool(days.opened(said) or days.closed(said))
        yield f"{told} {said}" if told and is_of_it and not named.names_days and not days.relative(said) else said
        right = [part[start:end] for start, end, offset, day in days.told(part) if claim.day(offset).weekday() in day]
        before = [part[day.start : day.end] for day in days.weekdays(part)] if not denies(part) else []
        told = right[0] if right else before[0] if len(before) == 1 else ""


def _clauses(part: str) -> list[str]:
    """A part, or what it says and what it denies, at the comma between: "only on Tuesdays, so not on Wednesdays"."""
    pieces = part.split(", ")
    for number in range(len(pieces) - 1, 0, -1):
        said, rest = ", ".join(pieces[:number]), ", ".join(pieces[number:])
        says_more = all(days.weekdays(each) or clock.times(each) for each in (said, rest))
        if says_more and denies(rest) != denies(said):
            return [said, rest]
    return [part]


def _without_echoes(part: str, claim: Claim) -> str:
    """A part without the customer's times that follow from the hours of the quote."""
    for time in reversed([time for time in clock.times(part) if time.sure]):
        if echoes.time_follows(time, part, claim):
            part = part[: time.start] + " " * (time.end - time.start) + part[time.end :]
    return part


def _without_what_day_it_is(part: str, claim: Claim) -> str:
    """A part without "today is Tuesday", where that is right: it says nothing of Tuesdays."""
    for start, end, offset, named in days.told(part):
        rest = part[:start] + part[end:]
        if claim.day(offset).weekday() in named and schedule(rest).names_days:
            return rest
    return part


def denies_its_days(part: str) -> bool:
    """Whether what is denied may be what is said of days: in "no experience is needed for the tour, which leaves daily
    at 10" it is not."""
    clauses = part.split(", ")
    of_days = [c for c in clauses if days.weekdays(c) or days.relative(c) or any(t.sure for t in clock.times(c))]
    return any(map(denies, of_days or clauses)) or len(clauses) == len(of_days)


def only_names_the_day(part: str, said: Schedule, relative: list[tuple[int, int]]) -> bool:
    """Whether a part only says that tomorrow is a Monday, and rightly."""
    named = frozenset[int]().union(*(entry.days for entry in said.entries))
    says_more = (
        content(part.replace("'s", "")) or days.opened(part) or days.closed(part) or any(e.hours for e in said.entries)
    )
    return not says_more and named == frozenset(day for _, day in relative)


def names_what_it_says(day: int, named: frozenset[int]) -> bool:
    """Whether "tomorrow, Saturday" is one."""
    return day in named or len(named) > 1


def relative_days(part: str, claim: Claim) -> list[tuple[int, int]]:
    """The days from today that are named, each with its day of the week."""
    offsets = [offset for day in days.relative(part) for offset in day.days]
    if days.says_now(part) and (days.opened(part) or days.closed(part)):
        offsets.append(0)
    return [(offset, claim.day(offset).weekday()) for offset in offsets]
