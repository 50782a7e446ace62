"""Numbers, prices, percentages, times, days and dates. A draft may only name those that it was given."""

import re
from collections.abc import Iterator

from responder_service.checks.plain_text import folded, words

_NUMBER = r"\d+(?:[.,:]\d+)*"
_NUMBERS = re.compile(_NUMBER)
_GROUPED = re.compile(r"(\d{1,3}(?:[.,]\d{3})+)([.,]\d{1,2})?")
_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*(?:([ap])\.?\s?m\b\.?|uhr\b|h\b)?")

_UNITS = {
    "percent": r"%|percent|per cent|prozent|pour cent|por ciento|pct",
    "money": r"\$|€|£|¥|₹|usd|eur|gbp|cad|dollars?|bucks|euros?|pounds?|dólares|cents?",
    "minute": r"min(?:ute|uto|uten)?s?",
    "hour": r"hours?|hrs?|horas?|heures?|stunden?",
    "day": r"days?|d[ií]as?|tag(?:en?)?|jours?",
    "week": r"weeks?|wks?|semanas?|semaines?|wochen?",
    "month": r"months?|mes(?:es)?|mois|monat(?:en?)?",
    "year": r"years?|yrs?|años?|ans?|années?|jahr(?:en?)?",
}
_KIND = re.compile("|".join(rf"(?P<{kind}>{unit})" for kind, unit in _UNITS.items()))
_UNIT = "|".join(_UNITS.values())
_UNIT_WORDS = ("dollar", "dollars", "euro", "euros", "usd", "eur", "percent", "prozent")
_BETWEEN = r"(?:business|working|calendar|full|whole|hábiles|laborables|werk|arbeits|ouvrables|ouvrés)"
_MEASURES = re.compile(
    rf"(?P<sign>[$€£¥₹])?\s?(?P<first>{_NUMBER})"
    rf"(?:\s?(?:-|to|a|à|bis|and|or|y|o|et|ou|und|oder)\s?(?P<sign2>[$€£¥₹])?(?P<second>{_NUMBER}))?"
    rf"(?:[\s-]*{_BETWEEN}?[\s-]*(?P<unit>{_UNIT})(?!\w))?"
)
# "An hour" in an article is 1 hour in an answer.
_ONE = re.compile(rf"\b(?:an?|una?|une|eine[rm]?)\s(?=(?:{_UNIT})(?!\w))")
_TWELVE = frozenset(["noon", "midday", "midnight", "mediodia", "medianoche", "midi", "minuit", "mittag", "mitternacht"])
_MULTIPLES = {("week", "day"): 7, ("day", "hour"): 24, ("year", "month"): 12}

_NUMBER_WORDS = {
    word: number
    for number, spellings in {
        1: "one un una une ein eine einen einem",
        2: "two dos deux zwei",
        3: "three tres trois drei",
        4: "four cuatro quatre vier",
        5: "five cinco cinq fünf",
        6: "six seis sechs",
        7: "seven siete sept sieben",
        8: "eight ocho huit acht",
        9: "nine nueve neuf neun",
        10: "ten diez dix zehn",
        12: "twelve doce douze zwölf",
        14: "fourteen catorce quatorze vierzehn",
        15: "fifteen quince quinze fünfzehn",
        20: "twenty veinte vingt zwanzig",
        24: "twenty-four veinticuatro vingt-quatre vierundzwanzig",
        25: "twenty-five veinticinco vingt-cinq fünfundzwanzig",
        30: "thirty treinta trente dreißig dreissig",
        40: "forty cuarenta quarante vierzig",
        48: "forty-eight cuarentaiocho quarante-huit achtundvierzig",
        50: "fifty cincuenta cinquante fünfzig",
        60: "sixty sesenta soixante sechzig",
        70: "seventy setenta soixante-dix siebzig",
        80: "eighty ochenta quatre-vingts achtzig",
        90: "ninety noventa quatre-vingt-dix neunzig",
        100: "hundred cien cent hundert",
        1000: "thousand mil mille tausend",
    }.items()
    for word in spellings.split()
}
_SPELLED = re.compile(
    rf"\b({'|'.join(sorted(_NUMBER_WORDS, key=len, reverse=True))})(?=[\s-]+(?:{_BETWEEN}[\s-]+)?(?:{_UNIT})(?!\w))"
)

_DAYS = (
    "monday mon lunes lundi montag",
    "tuesday tue tues martes mardi dienstag",
    "wednesday wed miercoles mercredi mittwoch",
    "thursday thu thur thurs jueves jeudi donnerstag",
    "friday fri viernes vendredi freitag",
    "saturday sat sabado samedi samstag sonnabend",
    "sunday sun domingo dimanche sonntag",
)
_DAY = {name: index for index, names in enumerate(_DAYS) for name in names.split()}
# Days only where a day would stand: French "mon", the sun, somebody sat.
_ALSO_WORDS = frozenset(["mon", "sat", "sun"])
_ABBREVIATED = re.compile(r"\b(mon|sat|sun)\b(?=\.?\s?(?:[-,&:]|to\b|\d))")
# Bounded: a text may be one word of thousands of letters.
_DAY_RANGE = re.compile(r"\b([^\W\d_]{2,12})\.?\s?(?:-|to|through|thru|till|until|a|al|à|au|bis)\s?([^\W\d_]{2,12})\b")
_WEEKDAYS = frozenset(["weekday", "weekdays"])
_WEEKENDS = frozenset(["weekend", "weekends"])
_ALL_WEEK = ("every day", "daily", "7 days", "seven days", "todos los días", "tous les jours", "täglich", "24/7")
# Not "may" and "march", which are verbs too.
_MONTHS = (
    "january enero janvier januar", "february febrero fevrier februar", "marzo marz", "april abril avril",
    "mayo mai", "june junio juin juni", "july julio juillet juli", "august agosto aout",
    "september septiembre septembre", "october octubre octobre oktober", "november noviembre novembre",
    "december diciembre decembre dezember",
)  # fmt: skip
_RELATIVE = ("today hoy heute aujourd'hui", "yesterday ayer hier gestern", "tomorrow demain mañana manana", "tonight")
_NAMED = {
    name: f"{kind} {index}"
    for kind, table in (("month", _MONTHS), ("relative", _RELATIVE))
    for index, names in enumerate(table)
    for name in names.split()
}


# Days and months as words, and the halves of the day.
NAMES = frozenset([*_DAY, *(f"{name}s" for name in _DAY), *_NAMED, "am", "pm", "uhr", *_UNIT_WORDS]) - _ALSO_WORDS


def foreign_figure(text: str, given: str, customer: str) -> bool:
    """Whether `text` has a number, a price, a day or a date that stands neither in `given` nor in the customer's own
    texts. Prices and percentages must stand in `given`: a customer's wish is no offer."""
    known = given + "\n" + customer
    if not set(plain_numbers(text)) <= _known_numbers(known):
        return True
    promised = {measure for measure in measures(text) if measure[1] in ("money", "percent")}
    lasting = measures(text) - promised
    return not (promised <= measures(given) and lasting <= _equal_measures(known) and days(text) <= days(known))


def _spelled(text: str) -> str:
    """`text`, folded, with numbers before units as digits: "two weeks" is "2 weeks"."""
    return _SPELLED.sub(lambda match: str(_NUMBER_WORDS[match.group()]), folded(text))


def plain_numbers(text: str) -> Iterator[str]:
    """The numbers in `text`, each in one spelling."""
    return (_canonical(match.group()) for match in _NUMBERS.finditer(_spelled(text)))


def _canonical(number: str) -> str:
    """One spelling per number: 1,500 is 1500, 5.00 is 5, 09:00 is 9:00, and 9:00 is 9."""
    if ":" in number:
        hour, _, minute = number.partition(":")
        return hour.lstrip("0") or "0" if minute == "00" else f"{hour.lstrip('0') or '0'}:{minute}"
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        number = re.sub(r"[.,]", "", grouped.group(1)) + (grouped.group(2) or "")
    whole, point, fraction = number.replace(",", ".").partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + fraction if fraction else "")


def _known_numbers(known: str) -> set[str]:
    """The numbers, and times of day by the other clock too: 17:00 is 5 pm."""
    found = set(plain_numbers(known))
    spoken = set(words(known))
    found |= {"12", "0"} if spoken & _TWELVE else set()
    found |= {"1"} if _ONE.search(folded(known)) else set()
    for match in _CLOCK.finditer(folded(known)):
        hour, minute, half = int(match.group(1)), match.group(2) or "00", match.group(3)
        if half or match.group(2):
            hours = {hour, hour % 12 + (12 if half == "p" else 0)} if half else {hour, hour % 12 or 12}
            found |= {_canonical(f"{h}:{minute}") for h in hours}
    for number, kind in _equal_measures(known):
        found |= {number} if kind in ("day", "week", "hour", "month", "year") else set()
    return found


def measures(text: str) -> set[tuple[str, str]]:
    """Numbers with what they count: 30 days, 10 percent, 5 of money."""
    found = set()
    for match in _MEASURES.finditer(_spelled(text)):
        sign = match.group("sign") or match.group("sign2")
        unit = _KIND.fullmatch(match.group("unit")) if match.group("unit") else None
        kind = "money" if sign else unit.lastgroup if unit else None
        if kind:
            numbers = [match.group("first"), match.group("second")]
            found |= {(_canonical(number), kind) for number in numbers if number}
    return found


def _equal_measures(text: str) -> set[tuple[str, str]]:
    """The measures of `text` and what they amount to: two weeks are 14 days."""
    found = measures(_ONE.sub("1 ", folded(text)))
    for (large, small), times in _MULTIPLES.items():
        found |= {(str(int(n) * times), small) for n, kind in found if kind == large and n.isdigit()}
        found |= {
            (str(int(n) // times), large) for n, kind in found if kind == small and n.isdigit() and int(n) % times == 0
        }
    return found


def days(text: str) -> set[str]:
    """The days of the week, months and relative days that `text` names; "Mon to Fri" names five."""
    plain = folded(text)
    named = [word for word in words(text) if word not in _ALSO_WORDS] + _ABBREVIATED.findall(plain)
    # Mondays, lundis, montags.
    named += [word.removesuffix("s") for word in words(text) if word.removesuffix("s") not in _ALSO_WORDS]
    found = {f"day {_DAY[word]}" for word in named if word in _DAY}
    found |= {_NAMED[word] for word in named if word in _NAMED}
    for first, last in _DAY_RANGE.findall(plain):
        if first in _DAY and last in _DAY:
            length = (_DAY[last] - _DAY[first]) % 7
            found |= {f"day {(_DAY[first] + i) % 7}" for i in range(length + 1)}
    spoken = set(words(text))
    if spoken & _WEEKDAYS:
        found |= {f"day {i}" for i in range(5)}
    if spoken & _WEEKENDS:
        found |= {"day 5", "day 6"}
    if any(phrase in plain for phrase in _ALL_WEEK):
        found |= {f"day {i}" for i in range(7)}
    return found
