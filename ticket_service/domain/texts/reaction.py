"""Reactions: a phone that cannot send a heart on a text sends "Loved “…”" as an SMS. Nothing in it waits for us."""

import re
from collections.abc import Iterable

from ticket_service.domain.texts.plain_text import folded

_MARKS = "\"'“”„‟«»‹›‘‚「」『』《》"
# A long one is shortened by the phone, and may lack its end.
_QUOTE = rf"[{_MARKS}].*(?:[{_MARKS}]|\.\.\.)"
# One sign, or several that make one. No letters, no dashes, nothing that is on a plain keyboard.
_EMOJI = rf"[^\w\s\x00-\x7f\u2010-\u2027\u3000-\u3003{_MARKS}]{{1,16}}"
# Longer than what stands before and behind the quotation, in characters.
_BEGINNING, _END = 120, 80
_PARTS = {"{quote}": _QUOTE, "{emoji}": _EMOJI}
_PART = re.compile(r"(\{[a-z]+\})")


class Reactions:
    """The forms in which phones write reactions, such as `loved {quote}` or `{emoji} to {quote}`."""

    def __init__(self, forms: Iterable[str]) -> None:
        """Raises ValueError for a form that would fit any text, or has a part that is not known."""
        self._pattern = re.compile("|".join(map(_pattern, forms)), re.DOTALL)

    def are(self, text: str) -> bool:
        """Whether `text` is a reaction and nothing else."""
        whole = text.strip()
        if len(whole) > _BEGINNING + _END:
            # What is quoted does not matter, and may be long.
            whole = whole[:_BEGINNING] + whole[-_END:]
        return self._pattern.fullmatch(_plain(whole)) is not None


def _plain(text: str) -> str:
    return " ".join(folded(text.replace("’", "'")).split())


def _pattern(form: str) -> str:
    parts = [part for part in _PART.split(form) if part.strip()]
    if unknown := [part for part in parts if _PART.fullmatch(part) and part not in _PARTS]:
        raise ValueError(f"{form}: {unknown[0]} is not known")
    if parts in ([], ["{quote}"], ["{emoji}"]):
        raise ValueError(f"{form}: would fit texts that are not reactions")
    return r"\s?".join(_PARTS.get(part) or re.escape(_plain(part)) for part in parts) + r"\s?\.?"
