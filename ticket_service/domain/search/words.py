"""The words of a text, as they are stored with a message and as they are looked for, in any script.

Case, accents and the two widths of East Asian letters make no difference: "CASSÉ" and "casse" are one word. Where a
script writes no spaces between words, every two neighbours are a word, so that any part of a text is found.
"""

import re
import unicodedata
from functools import lru_cache

# A word is cut after so many characters, and a message has at most so many different ones. The longest text that
# Twilio takes, of 1,600 characters, has fewer; a note may be longer.
MAX_CHARACTERS = 40
MAX_WORDS = 1000
# In front of a word of a ticket's subject, and in no word.
OF_SUBJECT = "="

_DIGIT = re.compile(r"\d")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
# Signs above and below letters that people leave out when they type: accents of Latin, Greek and Cyrillic letters,
# points of Hebrew, vowel signs of Arabic; and those that say how the sign before them is drawn. The signs of Indic
# scripts are vowels, which nobody leaves out.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u20d0-\u20f0\ufe00-\ufe0f]"
)
# Letters that Unicode does not take apart into a letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
# Written without spaces: Thai and Lao, Burmese, Khmer, Hiragana and Katakana, Bopomofo, Han.
_WITHOUT_SPACES = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x312F), (0x31A0, 0x31FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)
_ZERO_WIDTH_SPACE = "\u200b"
_SPACED, _UNSPACED, _MARK, _NO_WORD, _NOTHING = "spaced", "unspaced", "mark", "no word", "nothing"


def words_of(text: str) -> list[str]:
    """What a message with this text is found by: its different words, in the order of the text."""
    return list(dict.fromkeys(word for run, spaced in _runs(text) for word in _stored(run, spaced)))[:MAX_WORDS]


def words_of_subject(subject: str) -> list[str]:
    """The same of a ticket's subject, marked as such: they stand with the words of a text."""
    return [OF_SUBJECT + word for word in words_of(subject)]


def beginnings_of(query: str) -> list[str]:
    """What somebody looks for: a message is found when for each of these it has a word that begins so."""
    return list(dict.fromkeys(word for run, spaced in _runs(query) for word in _asked(run, spaced)))[:MAX_WORDS]


def _stored(run: str, spaced: bool) -> list[str]:
    """The last sign stands alone, too: it begins no pair."""
    return [run[:MAX_CHARACTERS]] if spaced else [run[i : i + 2] for i in range(len(run))]


def _asked(run: str, spaced: bool) -> list[str]:
    return _stored(run, spaced) if spaced or len(run) == 1 else _stored(run, spaced)[:-1]


def _digit(found: re.Match[str]) -> str:
    return str(unicodedata.decimal(found[0]))


def _runs(text: str) -> list[tuple[str, bool]]:
    """Signs that belong together, and whether their script has spaces between words."""
    if text.isascii():
        return [(word, True) for word in _ASCII_WORD.findall(text.lower())]
    runs: list[tuple[str, bool]] = []
    run, kind = "", _NO_WORD
    for sign in _folded(text):
        found = _kind(sign)
        if found is _MARK:
            # It belongs to the letter before it.
            found = kind if run else _NOTHING
        if found is _NOTHING:
            continue
        if found is not kind and run:
            runs.append((run, kind is _SPACED))
            run = ""
        kind = found
        if kind is not _NO_WORD:
            run += sign
    return [*runs, (run, kind is _SPACED)] if run else runs


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    return unicodedata.normalize("NFC", _DIGIT.sub(_digit, _LEFT_OUT.sub("", apart)).casefold())


@lru_cache(maxsize=10_000)
def _kind(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf":
        return _NO_WORD if sign == _ZERO_WIDTH_SPACE else _NOTHING
    if category[0] == "M":
        return _MARK
    if category[0] not in "LN":
        return _NO_WORD
    return _UNSPACED if any(first <= ord(sign) <= last for first, last in _WITHOUT_SPACES) else _SPACED
