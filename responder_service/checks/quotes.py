"""Whether a quote stands where it is said to stand: word for word, whatever its typography, and with the sentences that
it is a part of."""

import re

from responder_service.checks.plain_text import folded
from responder_service.knowledge.article import plain

# Where a quote leaves something out.
_ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:…|\.\.\.)(?:\s*\])?\s*")
# Not a semicolon: what follows may be a condition.
_END = re.compile(r"(?<=[.!?])\s+")
_LEAST_WORDS = 2
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


def stands_in(quote: str, source: str) -> bool:
    """Whether `quote` stands in `source`, which may have Markdown. Three dots may mark a part that is left out."""
    shown = _shown(source)
    parts = _parts(quote)
    position = 0
    for part in parts:
        found = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(shown, position)
        if found is None:
            return False
        position = found.end()
    return sum(len(part.split()) for part in parts) >= _LEAST_WORDS


def around(quote: str, source: str) -> str:
    """The whole sentences of `source` that `quote` is taken from: half a sentence hides its condition."""
    parts = _parts(quote)
    return "\n".join(s for s in _sentences(source) if any(_overlap(part, _bare(_shown(s))) for part in parts))


def _sentences(source: str) -> list[str]:
    return [sentence for paragraph in source.split("\n\n") for sentence in _END.split(plain(paragraph)) if sentence]


def _overlap(part: str, sentence: str) -> bool:
    """Whether a sentence has the quote, or the quote has it, or its end or beginning."""
    if part in sentence or sentence in part:
        return True
    # A quote may run from the middle of one sentence into the middle of another.
    words, others = part.split(), sentence.split()
    return any(
        words[:n] == others[-n:] or words[-n:] == others[:n] for n in range(_LEAST_WORDS, min(len(words), len(others)))
    )


def _parts(quote: str) -> list[str]:
    return [part for part in (_bare(part) for part in _ELLIPSIS.split(_shown(quote))) if part]


def _bare(part: str) -> str:
    return part.strip().strip('"').strip().rstrip(".,;:!").strip()


def _shown(text: str) -> str:
    """`text` as it is compared: without Markdown, on one line, in plain typography."""
    return " ".join(folded(plain(text)).translate(_TYPOGRAPHY).split())
