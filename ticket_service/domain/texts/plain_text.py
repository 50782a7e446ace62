"""Texts as they are compared with lists of words: without case, accents, punctuation and what nobody sees."""

import unicodedata

# More than a text has: what is longer is read up to here.
_MOST_CHARACTERS = 2000
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"))
# Letters and marks that show nothing though Unicode does not call them so: the grapheme joiner, Hangul fillers, Khmer
# vowels, the Mongolian vowel separator, the blank Braille pattern.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")


def folded(text: str) -> str:
    """`text` without case and accents, and without marks that show nothing, such as U+200E."""
    if text.isascii():
        # Most texts, in a tenth of the time.
        return text[:_MOST_CHARACTERS].casefold().translate(_INVISIBLE_ASCII)
    decomposed = unicodedata.normalize("NFKD", text[:_MOST_CHARACTERS]).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c) and not is_invisible(c))


def words(text: str) -> list[str]:
    """The words of `text`, folded: "Don't!" is dont."""
    plain = folded(text.translate(_APOSTROPHES))
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain).split()


def is_invisible(character: str) -> bool:
    """Whether it shows nothing: marks of direction, joiners, variation selectors and their kind. Not spaces."""
    if character.isspace():
        return False
    selects_variation = "\ufe00" <= character <= "\ufe0f"
    return selects_variation or character in _BLANKS or unicodedata.category(character) in ("Cf", "Cc")


_INVISIBLE_ASCII = {number: "" for number in range(128) if is_invisible(chr(number))}
