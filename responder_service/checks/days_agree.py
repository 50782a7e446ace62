"""Whether the days and hours of a sentence are those of its quote. "Today", "tomorrow" and "now" are computed."""

from dataclasses import replace

from responder_service.checks import days
from responder_service.checks.claim import Claim
from responder_service.checks.schedule import Entry, Hours, Schedule, schedule
from responder_service.checks.wording import content, denies


def disagrees(claim: Claim) -> bool:
    """Whether the sentence says of a day what its quote does not, or cannot be said for certain."""
    given = schedule(f"{claim.around}\n{claim.quote}")
    relative = days.relative(claim.text)
    is_unclear = not given.names_days or days.is_irregular(claim.around) or bool(days.dates(claim.around))
    if is_unclear and (relative or days.says_now(claim.text)):
        # "Now" may be a filler, when nothing depends on the day.
        return bool(relative) or bool(days.opened(claim.text)) or bool(days.closed(claim.text))
    return any(_is_wrong(part, given, claim) for part in claim.parts)


def _is_wrong(part: str, given: Schedule, claim: Claim) -> bool:
    said = schedule(part)
    relative = _relative_days(part, claim)
    if relative and any(days.is_holiday(claim.day(offset)) for offset, _ in relative):
        return True
    if relative and not said.entries[1:] and _only_names_the_day(part, said, relative):
        return False
    entries = list(said.entries)
    if relative:
        entries = _on(entries, frozenset(day for _, day in relative))
    if any(not _names_what_it_says(day, entry.days) for entry in said.entries for _, day in relative if entry.days):
        return True
    closed = denies(part)
    if any(_contradicts(replace(e, is_closed=e.is_closed or closed), given, part) for e in entries):
        return True
    return days.says_now(part) and given.names_days and not _holds_now(closed, given, claim)


def _only_names_the_day(part: str, said: Schedule, relative: list[tuple[int, int]]) -> bool:
    """Whether a part only says that tomorrow is a Monday, and rightly."""
    named = frozenset[int]().union(*(entry.days for entry in said.entries))
    says_more = content(part) or days.opened(part) or days.closed(part) or any(e.hours for e in said.entries)
    return not says_more and named == frozenset(day for _, day in relative)


def _names_what_it_says(day: int, named: frozenset[int]) -> bool:
    """Whether "tomorrow, Saturday" is one."""
    return day in named or len(named) > 1


def _relative_days(part: str, claim: Claim) -> list[tuple[int, int]]:
    """The days from today that are named, each with its day of the week."""
    offsets = [offset for day in days.relative(part) for offset in day.days]
    if days.says_now(part) and (days.opened(part) or days.closed(part)):
        offsets.append(0)
    return [(offset, claim.day(offset).weekday()) for offset in offsets]


def _on(entries: list[Entry], named: frozenset[int]) -> list[Entry]:
    """What is said of the days that were only called "today" or "tomorrow"."""
    bare = [entry for entry in entries if not entry.days]
    return [*(e for e in entries if e.days), *(replace(e, days=named) for e in bare or [Entry(frozenset())])]


def _contradicts(entry: Entry, given: Schedule, part: str) -> bool:
    if entry.is_closed:
        return bool(entry.days) and not _are_closed(entry.days, given)
    if entry.days and not given.names_days:
        return True
    if not entry.days <= (given.open_days if given.names_days else entry.days):
        return True
    if entry.days:
        return any(not _holds_on(hours, day, given) for hours in entry.hours for day in entry.days)
    return _is_of_some_days_only(entry, given, part)


def _are_closed(named: frozenset[int], given: Schedule) -> bool:
    return all(day in given.closed_days or (given.open_days and day not in given.open_days) for day in named)


def _holds_on(hours: Hours, day: int, given: Schedule) -> bool:
    return any(known.holds(hours) for known in given.hours_of(day))


def _is_of_some_days_only(entry: Entry, given: Schedule, part: str) -> bool:
    """Whether hours are given as if they were those of every day."""
    if not entry.hours or not given.names_days:
        return False
    speaks_of_opening = bool(days.opened(part)) or bool(days.closed(part))
    return given.varies or (speaks_of_opening and len(given.open_days) < len(days.EVERY_DAY))


def _holds_now(closed: bool, given: Schedule, claim: Claim) -> bool:
    minute = claim.now.hour * 60 + claim.now.minute
    hours = given.hours_of(claim.now.weekday())
    is_open = claim.now.weekday() in given.open_days and any(each.include(minute) for each in hours)
    return is_open != closed
