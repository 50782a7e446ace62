"""The names in a text: places, brands, people, and what is called by letters and digits."""

import re

from responder_service.checks.contacts import without_contacts
from responder_service.checks.dates import dates
from responder_service.checks.days import weekdays
from responder_service.checks.plain_text import visible
from responder_service.data.reading import Table, read
from responder_service.language.folding import FoldedWords, fold
from responder_service.language.vocabulary import STOP_WORDS


class _Names(Table):
    no_names: FoldedWords
    countries: dict[str, FoldedWords]
    languages: dict[str, FoldedWords]


_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")
_PLAIN_WORD = re.compile(r"[^\W_]+")
_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
# In capitals: "us" is another word.
_SHORT_COUNTRIES = (
    (re.compile(r"\bU\.?\s?S\.?(?:\s?A\b)?|\bEE\.?\s?UU\b|\bE\.?U\.?A\b"), "US"),
    (re.compile(r"\bU\.?K\b|\bG\.?B\b"), "GB"),
    (re.compile(r"\bE\.?U\b|\bU\.?E\b"), "EU"),
)
_tables = read("names.yaml", _Names)
_NO_NAMES = frozenset(_tables.no_names)
# Names of countries and languages, each with its code.
_COUNTRIES = {
    **{name: f"language {code}" for code, spelled in _tables.languages.items() for name in spelled},
    **{name: code for code, spelled in _tables.countries.items() for name in spelled},
}
_LEAST_LETTERS = 2
# Shorter names are not compared by their beginnings: Iran and Iraq.
_STEM = 5


def names(text: str, nouns_are_capital: bool) -> frozenset[str]:
    """The names in `text`, folded. Where nouns are capital, as in German, only those that cannot be nouns, and
    countries."""
    found: set[str] = set()
    shown = visible(without_contacts(text))
    for match in _WORD.finditer(shown):
        word = match.group().strip(".")
        if word not in ("EE", "UU") and _is_name(word, _begins(shown, match.start()), nouns_are_capital):
            found.add(fold(word))
    return frozenset(found | countries(text, in_capitals=True))


def missing(said: frozenset[str], known: str) -> frozenset[str]:
    """Those of the names `said` that do not stand in the text `known`, in any of our languages."""
    plain = fold(visible(known))
    there = {fold(match.group().strip(".")) for match in _WORD.finditer(visible(known))}
    beginnings = {word[:_STEM] for word in there if len(word) >= _STEM}
    held = countries(known)
    return frozenset(
        name
        for name in said
        if name not in held
        and name not in there
        and name[:_STEM] not in beginnings
        and _letters(name) not in _letters(plain)
    )


def countries(text: str, in_capitals: bool = False) -> frozenset[str]:
    """The countries and languages that `text` names, each by its code, such as "=CA". `in_capitals` leaves out what is
    written small: an island, a turkey and a "réunion" are none."""
    shown = visible(text)
    plain = " ".join(["", *_PLAIN_WORD.findall(fold(shown)), ""])
    found = {code for name, code in _COUNTRIES.items() if f" {name} " in plain}
    if in_capitals:
        begins = {fold(word) for word in _PLAIN_WORD.findall(shown) if word[0].isupper()}
        found = {code for name, code in _COUNTRIES.items() if code in found and name.rpartition(" ")[2] in begins}
    found |= {code for pattern, code in _SHORT_COUNTRIES if pattern.search(shown)}
    return frozenset(f"={code}" for code in found)


def sort_of(name: str) -> str:
    """Whether it is that of a country, a language, or any other: one cannot stand in the place of another."""
    return ("language" if name.startswith("=language") else "country") if name.startswith("=") else ""


def _is_name(word: str, begins: bool, nouns_are_capital: bool) -> bool:
    if (
        len(word) < _LEAST_LETTERS
        or fold(word) in _ANY_STOP_WORD
        or fold(word) in _NO_NAMES
        or weekdays(word)
        or dates(word)
        or _is_country_word(word)
    ):
        return False
    letters = [character for character in word if character.isalpha()]
    has_digit = any(character.isdigit() for character in word)
    if letters and has_digit:
        return bool(re.fullmatch(r"[A-Z]+[-.]?\d+\w*", word))
    if len(letters) >= _LEAST_LETTERS and all(character.isupper() for character in letters):
        return True
    if any(character.isupper() for character in word[1:] if "-" not in word):
        return True
    return word[0].isupper() and not begins and not nouns_are_capital


def _is_country_word(word: str) -> bool:
    return fold(word) in _COUNTRIES or any(pattern.search(word) for pattern, _ in _SHORT_COUNTRIES)


def _begins(text: str, start: int) -> bool:
    """Whether a sentence, or what follows a colon or a bracket, begins here."""
    before = text[:start].rstrip(" \"'“¿¡(-")
    return not before or before[-1] in ".!?:;\n¡¿…,"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
