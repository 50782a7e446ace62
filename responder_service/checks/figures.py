"""The figures of a text: prices, percentages, measures, counts, each with what it is the least or the most of, and
what a price is for. What reads the same is the same: two weeks are 14 days, 1,50 is 1.5."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from responder_service.checks.contacts import without_contacts
from responder_service.checks.plain_text import folded
from responder_service.checks.rates import CURRENCIES, CURRENCY_SIGNS, MONEY, TABLES, UNIT, UNITS, rates_after
from responder_service.checks.written import before_units, written
from responder_service.data.reading import alternatives, any_word, longest_word
from responder_service.language.folding import fold
from responder_service.language.vocabulary import STOP_WORDS

_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?![\d.,]*\d)|\d+(?:[.,]\d+)?"
_GROUPED = re.compile(r"(\d{1,3}(?:[.,' ]\d{3})+)([.,]\d{1,2})?")
_PHONE = re.compile(
    r"\+\d[\d\s().\-/]{6,}\d|\(\d{2,5}\)\s?\d[\d\s.\-/]{4,}\d|\b0\d{1,4}[\s/\-]\d[\d\s\-/]{4,}\d"
    r"|\b\d{3}[-.\s]\d{3}[-.\s]\d{4}\b|\b\d{3}-\d{4}\b"
)
# A bound stands so near to its figure, in characters.
_NEAR = 24
_PERCENT = alternatives(TABLES.percent)
_BETWEEN = any_word(TABLES.between)
_FIGURE = re.compile(
    rf"(?P<sign>{MONEY})?\s?(?P<first>{_NUMBER})(?:\s?(?:{MONEY})(?!\d))?"
    rf"(?:\s?(?:-|{any_word(TABLES.range_joints)})\s?(?P<sign2>{MONEY})?\s?(?P<second>{_NUMBER}))?"
    rf"(?:[\s-]{{0,2}}(?:{_BETWEEN}[\s-])?(?:(?P<money>{MONEY})|(?P<percent>{_PERCENT})|(?P<unit>{UNIT}))(?!\w))?"
)
_A_UNIT = re.compile(rf"\s?(?:{UNIT})(?!\w)")
_PRICE = re.compile(rf"{MONEY}\s?\d|(?:{_NUMBER})\s?{MONEY}(?!\w)|(?<!\w)(?:free|no charge|gratis|gratuit|kostenlos)")
_FIRST_SIGN = re.compile(rf"(?:{_NUMBER})\s?(?P<sign>{MONEY})(?!\w)")
_ONE = re.compile(rf"\b{alternatives(TABLES.one)}\s(?=(?:{_BETWEEN}[\s-])?(?:{UNIT})(?!\w))")
# "Up to a weight of 20 kg", "at least the first 3 days".
_OF = (
    r"(?:\s(?:a|an|the|una?|une|einer?)\s\w+\s(?:of|de|von)|\s(?:the|der|den|dem|el|la|los|las|le|les|a|of|is|de)"
    r"|\s(?:the )?ages?(?: of)?|\saged)?"
)
_LASTING = re.compile(rf"(?<!\w){longest_word(TABLES.lasting)}\s*\Z")
_LEAST_BEFORE, _MOST_BEFORE = (
    re.compile(
        rf"(?<!\w)(?:{longest_word(bounds.before)}{_OF}|{extreme}(?:\s\w+){{1,3}}\s(?:is|of|ist|es|est|de))\s*\Z"
    )
    for bounds, extreme in ((TABLES.least, "minimum"), (TABLES.most, "maximum"))
)
_LEAST_AFTER, _MOST_AFTER = (
    re.compile(rf"\W{{0,2}}(?:\w+\s)?(?:{longest_word(bounds.after)})(?!\w)") for bounds in (TABLES.least, TABLES.most)
)
# "€7 for the first 12 and 50 cents for each of the others" has no range.
_AND_MONEY = re.compile(r"\d (?:and|y|et|und) \d")
# "From age 12", which are years.
_AGE = re.compile(r"\b(?:aged?|ages|edad|âge|alter)(?: (?:of|de|von))?\s?\Z")
_NOUN = re.compile(r"[\s-](?P<noun>[^\W\d_]{3,})")
_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
# "From 2 years ago."
_AGO = re.compile(r"\s(?:ago|earlier)\b")
_SINCE = re.compile(r"(?<!\w)(?:since|after|seit|nach|depuis|après|desde que|después de)(?: \w+)?\s\Z")
_NOT = re.compile(r"(?<!\w)(?:no|not|never|nicht|pas|kein\w*)\s\Z")
# "Up to 24 hours before" is at least 24 hours ahead.
_UNTIL = re.compile(r"(?:up to|until|till|jusqu|bis|hasta)")
_AHEAD = re.compile(r"\s(?:before|prior to|avant|vor|vorher|antes)(?!\w)")
_COUNTED = re.compile(rf"(?:\d|{MONEY}|\bonce|\btwice|\btimes)\s*\Z")
# Of whatever currency.
CENTS = "cents"
# What a number counts though nobody says so: "from 6", "a table for four".
UNSAID = frozenset(["count", "persons", "adults", "children", "times", "months"])
# "6 pounds" are either.
POUNDS = {"£", "pounds_of_weight"}
_PEOPLE = {"persons", "adults", "children"}
_TIMES = ("minutes", "seconds", "months", "business_days", "nights")


@dataclass(frozen=True)
class Figure:
    """`value` in base units of `kind`, which is "count" for a number that counts nothing known. `bound` is "least",
    "most" or empty; a range's ends have "from" and "to". `rates` are what a price is for. `lasts` if it says for how
    long. `number` is as it is written, in no base unit. `counts` is the word behind a bare number: what it counts."""

    kind: str
    value: float
    bound: str = ""
    rates: frozenset[str] = frozenset()
    lasts: bool = False
    number: float = field(default=0, compare=False)
    counts: str = field(default="", compare=False)

    @property
    def is_price(self) -> bool:
        """Whether it is an amount of money or a percentage."""
        return self.kind == "percent" or self.kind in TABLES.currencies

    @property
    def takes_time(self) -> bool:
        """Whether it says how long something takes."""
        return self.kind in _TIMES

    def is_same(self, other: "Figure") -> bool:
        """Whether both may name the same number of the same thing. One that is written without its unit may have the
        other's: "4 to 11" are years as well, and "for four" persons."""
        are_cents = CENTS in (self.kind, other.kind) and {self.kind, other.kind} <= CURRENCIES
        if self.kind == other.kind or are_cents:
            return abs(self.value - other.value) < 1e-6 * max(1.0, abs(other.value))
        if self.number != other.number:
            return False
        if {self.kind, other.kind} == POUNDS:
            return True
        if self.kind == "count":
            return other.kind != "percent"
        if other.kind == "count":
            return self.kind in UNSAID
        return "persons" in (self.kind, other.kind) and {self.kind, other.kind} <= _PEOPLE


def figures(text: str) -> list[Figure]:
    """The figures of `text`, in their order; of links and phone numbers none."""
    return list(_read(text))


@lru_cache(maxsize=256)
def _read(text: str) -> tuple[Figure, ...]:
    """Read once: each rule asks for them again."""
    return tuple(_figures(digits(text)))


def digits(text: str) -> str:
    """`text` as figures are read in it: folded, without contacts, numbers in digits."""
    plain = _PHONE.sub(" ", folded(without_contacts(text)))
    return _ONE.sub(_one, before_units(folded(written(plain)), f"{UNIT}|{MONEY}"))


def has_unit(after: str) -> bool:
    """Whether a unit stands at the beginning of a folded text, behind a number."""
    return _A_UNIT.match(after) is not None


def before_figure(text: str) -> str:
    """What stands before the price of `text`; without one, before its first number."""
    plain = digits(text)
    found = _PRICE.search(plain) or re.search(r"\d", plain)
    return plain[: found.start()] if found else plain


def _one(match: re.Match[str]) -> str:
    """An hour is 1 hour; €47 a month is a price per month."""
    return match.group() if _COUNTED.search(match.string[: match.start()]) else "1 "


def _figures(plain: str) -> Iterator[Figure]:
    end = 0
    for match in _FIGURE.finditer(plain):
        before, after = plain[max(end, match.start() - _NEAR) : match.start()], plain[match.end() :]
        end = match.end()
        kind, factor = _kind(match)
        if kind in TABLES.currencies and match.group("unit"):
            # "€12 an hour" has no unit of its own; French "an" is a year.
            after = plain[match.start("unit") - 1 :]
        priced = frozenset(rates_after(after)) if kind in TABLES.currencies else frozenset[str]()
        second = match.group("second")
        is_one_more = second and kind in CURRENCIES and not match.group("sign") and _AND_MONEY.search(match.group())
        if second and kind != "count" and (is_one_more or _value(second) <= _value(match.group("first"))):
            # No range: "Fibre 500 à 39,90 €".
            yield Figure("count", _value(match.group("first")), number=_value(match.group("first")))
            yield Figure(kind, _value(second) * factor, "", priced, number=_value(second))
            continue
        bound = "from" if second else _bound(before, after)
        if bound and _SINCE.search(before) and kind in TABLES.currencies:
            # "Since the €90 cover it".
            bound = ""
        number = _value(match.group("first"))
        if kind == "count" and not second and _AGE.search(before):
            kind, factor = "months", 12
        counts = _counted(after) if kind == "count" else ""
        yield Figure(kind, number * factor, bound, priced, _LASTING.search(before) is not None, number, counts)
        if second:
            yield Figure(kind, _value(second) * factor, "to", priced, number=_value(second))


def _counted(after: str) -> str:
    """The word behind a bare number, unless it is one of grammar."""
    found = _NOUN.match(after)
    return found["noun"] if found and fold(found["noun"]) not in _ANY_STOP_WORD else ""


def _kind(match: re.Match[str]) -> tuple[str, float]:
    if match.group("percent"):
        return "percent", 1
    first = _FIRST_SIGN.match(match.string, match.start("first"))
    sign = match.group("sign") or match.group("sign2") or match.group("money") or (first and first.group("sign"))
    if sign:
        name = next((name for pattern, name in CURRENCY_SIGNS if pattern.fullmatch(sign)), "$")
        return name, 0.01 if name == CENTS else 1
    unit = match.group("unit")
    return next(((kind, factor) for pattern, kind, factor in UNITS if unit and pattern.fullmatch(unit)), ("count", 1))


def _value(number: str) -> float:
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        number = re.sub(r"[., ']", "", grouped.group(1)) + (grouped.group(2) or "")
    return float(number.replace(",", "."))


def _bound(before: str, after: str) -> str:
    if _AGO.match(after):
        return ""
    for bound, opposite, pattern in (("least", "most", _LEAST_BEFORE), ("most", "least", _MOST_BEFORE)):
        if found := pattern.search(before):
            # "No more than 2".
            turns = _NOT.search(before[: found.start()]) or (_UNTIL.match(found.group()) and _AHEAD.match(after))
            return opposite if turns else bound
    return "least" if _LEAST_AFTER.match(after) else "most" if _MOST_AFTER.match(after) else ""
