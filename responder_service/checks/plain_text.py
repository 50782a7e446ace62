"""Text as the checks compare it: what looks the same is the same."""

import re
import unicodedata
from functools import lru_cache

from responder_service.language.folding import fold

# Letters and marks that show nothing though Unicode does not call them invisible: Hangul fillers, the grapheme joiner,
# the Mongolian vowel separator, the blank Braille pattern.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180b\u180c\u180d\u180e\u2800\u17b4\u17b5")
_EMOJI_PRESENTATION = "\ufe0f"
_VARIATION_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
# Scripts written without spaces: there two characters stand for a word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def is_invisible(character: str) -> bool:
    """Whether nothing is to be seen of it, other than spaces and line ends."""
    if character == "\n":
        return False
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn")
    return hidden or character in _BLANK or character in _VARIATION_SELECTORS


def has_invisible(text: str) -> bool:
    """Whether something hides in `text`. The mark that makes a symbol an emoji may stand behind one."""
    before = ""
    for character in text:
        presents = character == _EMOJI_PRESENTATION and unicodedata.category(before or " ").startswith("S")
        if is_invisible(character) and not presents:
            return True
        before = character
    return False


@lru_cache(maxsize=256)
def visible(text: str) -> str:
    """`text` with its case, without what cannot be seen, in compatibility form (NFKC), digits of all scripts as 0-9."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if not is_invisible(c))
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in shown)


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """`text` as it is compared: visible, without case, with plain apostrophes, dashes and spaces."""
    plain = visible(text).casefold().translate(_PLAIN)
    return re.sub(r"[^\S\n]+", " ", plain)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-"})


@lru_cache(maxsize=256)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, folded and without accents; pairs of characters where a script has no spaces."""
    bare = unicodedata.normalize("NFKD", folded(text))
    bare = "".join(c for c in bare if unicodedata.category(c) != "Mn")
    # Recomposed: NFKD takes the syllables of Hangul apart.
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", bare)):
        unspaced = _UNSPACED.findall(word)
        found.extend([run[i : i + 2] for run in unspaced for i in range(max(1, len(run) - 1))] if unspaced else [word])
    return tuple(found)


def sentences(text: str) -> list[str]:
    """The sentences and lines of `text`."""
    return [part for part in re.split(r"(?<=[.!?;])\s+|(?<=[。！？])|\n+", text) if part.strip()]


def bare(text: str) -> str:
    """`text`, folded and without accents, as long as it is with them."""
    return "".join(
        (fold(character) or character)[:1] if character > "\x7f" else character for character in folded(text)
    )
