"""Splits a long text into parts that each fit one message.

Lengths are in UTF-16 code units. Twilio says "1,600 characters" and not which: code units are never fewer than code
points (an emoji is two of the former and one of the latter), so a part that fits by them fits by both.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum

from ticket_service.domain.message import MAX_REPLY_CHARACTERS

MAX_PARTS = 10
# A part is not cut at a paragraph or sentence that ends before half of it: the rest would stay empty.
_LEAST_FILLED = 0.5
_NO_BREAK_SPACES = "\u00a0\u2007\u202f"
# Where a text may be cut: at whitespace, and after the stops of scripts that write none.
_CUT = re.compile(r"\s+|(?<=[。！？，、；])(?![。！？，、；」』）”’])|(?<=[。！？][」』）”’])")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$|[。！？][」』）”’]?$")
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_HANGUL_MEDIALS_AND_FINALS = ("\u1160", "\u11ff")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_EMOJI_TAGS = ("\U000e0020", "\U000e007f")
_FLAG_LETTERS = ("\U0001f1e6", "\U0001f1ff")


class _Kind(IntEnum):
    """What ends at a cut; the greater, the better."""

    NO_BREAK_SPACE = 0
    WORD = 1
    SENTENCE = 2
    PARAGRAPH = 3


def characters(text: str) -> int:
    """How long a text is, as the limits count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = MAX_REPLY_CHARACTERS, most: int = MAX_PARTS) -> list[str]:
    """Parts of at most `limit` characters, none of them blank unless all is; one, the text as it is, when it fits.

    They end at paragraphs and sentences, else between words; only what has no whitespace at all is cut within, and then
    between characters as people see them. The parts with the whitespace that was between them, before the first and
    behind the last are the text. When that makes more than `most`, parts are filled up, and still more may come.
    """
    if characters(text) <= limit:
        return [text]
    parts = list(_parts(text.strip(), limit, choosy=True))
    return parts if len(parts) <= most else list(_parts(text.strip(), limit, choosy=False))


def _parts(text: str, limit: int, choosy: bool) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        after = end
        if end < len(text):
            end, after = _best_cut(text, start, end, choosy)
        yield text[start:end]
        start = after


def _reach(text: str, start: int, limit: int) -> int:
    """How far a part from `start` may go."""
    left = limit
    for index in range(start, min(start + limit, len(text))):
        left -= 2 if text[index] > "\uffff" else 1
        if left < 0:
            return index
    return min(start + limit, len(text))


def _best_cut(text: str, start: int, reach: int, choosy: bool) -> tuple[int, int]:
    """Where the part ends, and where the next one begins."""
    least = start + (reach - start) * _LEAST_FILLED
    best: tuple[_Kind, int, int] | None = None
    for end, after in _cuts(text, start, reach):
        kind = min(_kind(text, end, after), _Kind.PARAGRAPH if choosy and end >= least else _Kind.WORD)
        if best is None or kind >= best[0]:
            best = kind, end, after
    if best is not None:
        return best[1], best[2]
    seen = (index for index in range(reach, start, -1) if is_between_characters(text, index))
    cut = next(seen, reach)
    return cut, cut


def _cuts(text: str, start: int, reach: int) -> Iterator[tuple[int, int]]:
    for found in _CUT.finditer(text, start + 1):
        if found.start() > reach:
            return
        # A mark behind a space belongs to the space: that one stays with it.
        kept = 0 if is_between_characters(text, found.end()) else 1
        if found.start() <= found.end() - kept:
            yield found.start(), found.end() - kept


def _kind(text: str, end: int, after: int) -> _Kind:
    space = text[end:after]
    if space.count("\n") > 1:
        return _Kind.PARAGRAPH
    if "\n" in space or _SENTENCE_END.search(text[max(end - 10, 0) : end]):
        return _Kind.SENTENCE
    return _Kind.NO_BREAK_SPACE if space and not space.strip(_NO_BREAK_SPACES) else _Kind.WORD


def is_between_characters(text: str, index: int) -> bool:
    """Whether no character as people see it (UAX 29's grapheme cluster, nearly) goes on across `index`."""
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    joined = after in _ZERO_WIDTH_JOINERS or before == "\u200d" or unicodedata.category(after).startswith("M")
    extends = any(_is_in(after, span) for span in (_HANGUL_MEDIALS_AND_FINALS, _SKIN_TONES, _EMOJI_TAGS))
    return not (joined or extends or _is_within_flag(text, index))


def _is_within_flag(text: str, index: int) -> bool:
    """A flag is two letters of their own alphabet; flags side by side are separated by counting."""
    letters = 0
    while index - letters > 0 and _is_in(text[index - letters - 1], _FLAG_LETTERS):
        letters += 1
    return letters % 2 == 1 and _is_in(text[index], _FLAG_LETTERS)


def _is_in(character: str, span: tuple[str, str]) -> bool:
    return span[0] <= character <= span[1]
