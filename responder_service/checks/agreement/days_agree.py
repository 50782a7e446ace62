"""Whether the days and hours of a sentence are those of its quote. "Today", "tomorrow" and "now" are computed."""

from dataclasses import replace
from datetime import date

from responder_service.checks import dates, days
from responder_service.checks.agreement.days_follow import asked, counted, is_over, is_too_soon
from responder_service.checks.agreement.days_said import (
    denies_its_days,
    names_what_it_says,
    only_names_the_day,
    relative_days,
    with_their_days,
)
from responder_service.checks.claim import Claim
from responder_service.checks.denials import denies, opens_with_no
from responder_service.checks.phrases import speaks_of_another, speaks_of_coming
from responder_service.checks.plain_text import sentences
from responder_service.checks.schedule import Entry, Hours, Schedule, schedule
from responder_service.checks.wording import content, parts

# "On Mondays and Wednesdays", in characters between them.
_JOINED = 12


def disagrees(claim: Claim) -> bool:
    """Whether the sentence says of a day what its quote does not, or cannot be said for certain."""
    if is_too_soon(claim) or is_over(claim):
        return True
    if days.is_irregular(claim.around) and _is_made_regular(claim):
        return True
    speaks_of_today = bool(days.relative(claim.text)) or days.says_now(claim.text)
    seasons = dates.seasons(claim.around)
    if speaks_of_today and dates.dates(claim.around) and not seasons and not _is_on_its_dates(claim):
        return True
    if speaks_of_today and seasons and not _is_in_season(claim):
        return not denies(claim.text)
    given = _given(claim)
    if not given.names_days:
        return _names_a_strange_day(claim)
    return any(_is_wrong(part, given, claim) for part in with_their_days(claim))


def _names_a_strange_day(claim: Claim) -> bool:
    """Whether a day is named that is neither the customer's nor counted from it, where the quote names none. "Now" and
    "today" may be fillers, when nothing depends on the day."""
    named = frozenset[int]().union(*(day.days for day in days.weekdays(claim.text)))
    if named == days.EVERY_DAY and not days.opened(claim.text):
        # "Each day comes to €18."
        return False
    if days.opened(claim.text) or days.closed(claim.text):
        return bool(named or days.relative(claim.text)) or days.says_now(claim.text)
    shut = frozenset[int]() if denies(claim.text) else schedule(claim.hours).closed_days
    if speaks_of_coming(claim.text) and not opens_with_no(claim.text):
        named |= {day for _, day in relative_days(claim.text, claim)}
    return bool(named & shut) or not named <= asked(claim) | counted(claim)


def _is_made_regular(claim: Claim) -> bool:
    """Whether what is so on the first Sunday of the month is said of every Sunday, or of a day that is not one."""
    orders = days.ordinals(claim.around)
    said = frozenset[int]().union(*(day.days for day in days.weekdays(claim.text)))
    if said and orders and said.isdisjoint(day for _, day in orders):
        # The first Sunday is of something else.
        return False
    if days.is_every(claim.text) and not days.is_irregular(claim.text):
        return True
    named = [claim.day(offset) for day in days.relative(claim.text) for offset in day.days]
    return any(not days.is_in_order(day, orders) for day in named) and not denies(claim.text)


def _is_in_season(claim: Claim) -> bool:
    """Whether the days that are called "today" or "tomorrow" are within the dates of the quote."""
    named = [offset for day in days.relative(claim.text) for offset in day.days] or [0]
    meant = [claim.day(offset) for offset in named]
    return all(any(s.has((date.month, date.day)) for s in dates.seasons(claim.around)) for date in meant)


def _is_on_its_dates(claim: Claim) -> bool:
    """Whether the days that are called "today" or "tomorrow" are dates of the quote, or in months of it."""
    named = [offset for day in days.relative(claim.text) for offset in day.days] or [0]
    given = set(dates.dates(claim.around))
    return all({(day.month, day.day), (day.month, 0)} & given for day in map(claim.day, named))


def _given(claim: Claim) -> Schedule:
    """The days and hours of the quote; those of the business where it has none of its own."""
    own = schedule(f"{claim.around}\n{claim.quote}")
    is_of_hours = days.opened(claim.text) or days.closed(claim.text) or len(days.weekdays(claim.text)) > 1
    is_of_days = days.weekdays(claim.text) or days.relative(claim.text) or days.says_now(claim.text)
    return schedule(f"{claim.hours}\n{claim.quote}") if is_of_hours and is_of_days and not own.names_days else own


def _perhaps_closed(claim: Claim) -> frozenset[int]:
    """The days of which the quote denies something: "no lessons on Sundays"."""
    units = [unit for sentence in sentences(f"{claim.around}\n{claim.quote}") for unit in parts(sentence)]
    return frozenset[int]().union(*(day.days for unit in units if denies(unit) for day in days.weekdays(unit)))


def _of_some_things_only(claim: Claim) -> frozenset[int]:
    """The days that are not those of everything in the quote, as in "Italian is on Tuesdays, Japanese on Thursdays"."""
    groups: list[frozenset[int]] = []
    end = None
    plain = claim.around
    for day in days.weekdays(plain):
        if end is not None and not content(plain[end : day.start]) and len(plain[end : day.start]) < _JOINED:
            groups[-1] |= day.days
        else:
            groups.append(day.days)
        end = day.end
    return days.EVERY_DAY - days.EVERY_DAY.intersection(*groups) if groups else frozenset()


def _is_wrong(part: str, given: Schedule, claim: Claim) -> bool:
    said = schedule(part)
    relative = relative_days(part, claim)
    if any(_may_be_otherwise(claim.day(offset), claim) for offset, _ in relative):
        return True
    if relative and not said.entries[1:] and only_names_the_day(part, said, relative):
        return False
    entries = list(said.entries)
    if relative:
        entries = _on(entries, frozenset(day for _, day in relative))
    elif asked_day := _day_asked_of(claim):
        entries = [
            replace(e, days=asked_day) if e.hours and not e.days and not given.holds_on_any_day else e for e in entries
        ]
    if any(not names_what_it_says(day, entry.days) for entry in said.entries for _, day in relative if entry.days):
        return True
    closed = denies(part)
    if closed and not denies_its_days(part):
        entries, closed = [entry for entry in entries if entry.hours], False
    entries = [replace(entry, is_closed=entry.is_closed or closed) for entry in entries]
    # "No, Monday is our day off."
    entries = [e for e in entries if e.hours or e.is_closed or not opens_with_no(claim.text)]
    speaks_of_opening = bool(days.opened(part) or days.closed(part))
    perhaps = _perhaps_closed(claim) | (frozenset() if speaks_of_opening else _of_some_things_only(claim))
    entries = [replace(e, days=e.days - perhaps) if e.is_closed else e for e in entries]
    # What the quote counts days from may be ready on any of them.
    late = counted(claim) if not speaks_of_opening else frozenset[int]()
    entries = [replace(e, days=e.days - late) if not e.is_closed and not e.hours else e for e in entries]
    entries = [e for e in entries if e.days or e.hours]
    if _is_set_against(given, claim):
        # "Thursdays are dog-free, but you're welcome on a Tuesday or Friday."
        entries = [e for e in entries if e.hours or not e.days <= asked(claim)]
    # Days off may be told from the hours of the business as well.
    own = schedule(claim.hours) if speaks_of_opening else given
    if any(_contradicts(e, given, part) and not (e.is_closed and e.days <= own.closed_days) for e in entries):
        return True
    return (
        days.says_now(part)
        and (speaks_of_opening or closed)
        and given.names_days
        and not _holds_now(closed, given, claim)
    )


def _is_set_against(given: Schedule, claim: Claim) -> bool:
    """Whether the sentence tells all days of the quote as others than the customer's: then code cannot tell what it
    says of theirs."""
    said = frozenset[int]().union(*(day.days for day in days.weekdays(claim.text)))
    return bool(given.open_days) and given.open_days <= said and speaks_of_another(claim.text)


def _day_asked_of(claim: Claim) -> frozenset[int]:
    """The one day that the customer asks of, today where they speak of now: hours without a day are those of it."""
    named = asked(claim) or (frozenset([claim.now.weekday()]) if days.says_now(claim.customer) else frozenset[int]())
    return named if len(named) == 1 else frozenset()


def _may_be_otherwise(day: date, claim: Claim) -> bool:
    """Whether it is a holiday, of which the quote says nothing."""
    return dates.is_holiday(day) and (day.month, day.day) not in dates.dates(claim.around)


def _on(entries: list[Entry], named: frozenset[int]) -> list[Entry]:
    """What is said of the days that were only called "today" or "tomorrow"."""
    bare = [entry for entry in entries if not entry.days]
    return [*(e for e in entries if e.days), *(replace(e, days=named) for e in bare or [Entry(frozenset())])]


def _contradicts(entry: Entry, given: Schedule, part: str) -> bool:
    if entry.is_closed:
        return bool(entry.days) and not _are_closed(entry.days, given)
    if entry.days and not given.names_days:
        return True
    # What has hours of no day holds on those that are not named, too.
    if entry.days & given.closed_days or not (given.holds_on_any_day or entry.days <= given.open_days):
        return True
    if entry.days:
        return any(not _holds_on(hours, day, given) for hours in entry.hours for day in entry.days)
    return _is_of_some_days_only(entry, given, part)


def leaves_out_asked_day(claim: Claim) -> bool:
    """Whether the customer asks about a day or a month that is none of those of the quote, and the draft names none."""
    if days.weekdays(claim.draft) or dates.dates(claim.draft) or days.relative(claim.draft) or denies(claim.text):
        return False
    given, seasons = _given(claim), dates.seasons(claim.around)
    named = asked(claim)
    if named and given.open_days and not named & given.open_days and not given.holds_on_any_day:
        return True
    asked_dates = dates.dates(claim.customer)
    return bool(seasons and asked_dates) and not any(season.has(date) for season in seasons for date in asked_dates)


def joins_hours(claim: Claim) -> bool:
    """Whether hours run from the beginning of one time to the end of another: 8 to 19, where it is 8 to 12 and 16 to
    19."""
    given = [hours for entry in schedule(claim.around).entries for hours in entry.hours if hours.end]
    said = [hours for part in claim.parts for entry in schedule(part).entries for hours in entry.hours if hours.end]
    return len(given) > 1 and any(not any(known.holds(hours) for known in given) for hours in said)


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
