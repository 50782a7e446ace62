"""Who asks in plain words not to be texted: no machine answers them, and no machine opts them out either."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ticket_service.domain.texts.plain_text import words

# Han, kana and Thai are written without spaces, and Hangul (taken apart, as it is compared) as people like.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Wording:
    """How people of one language ask for it. `alone`: phrases that are the whole text, save `fillers`; `within`: those
    that may stand in any text, where none of `unless` covers them."""

    alone: Iterable[str] = ()
    within: Iterable[str] = ()
    fillers: Iterable[str] = ()
    unless: Iterable[str] = ()


class PlainWords:
    """The wish for no more texts in several languages."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        known = list(wordings)
        self._whole = [_WholeTexts(wording) for wording in known]
        within = [" ".join(words(phrase)) for wording in known for phrase in wording.within]
        self._spaced = [f" {phrase} " for phrase in within if not _UNSPACED.search(phrase)]
        self._unspaced = [phrase.replace(" ", "") for phrase in within if _UNSPACED.search(phrase)]
        self._unless = [f" {' '.join(words(phrase))} " for wording in known for phrase in wording.unless]

    def are_in(self, text: str) -> bool:
        """Whether `text` asks for no more texts."""
        said = words(text)
        return bool(said) and (any(whole.are(said) for whole in self._whole) or self._stand_in(said))

    def _stand_in(self, said: list[str]) -> bool:
        spaced = f" {' '.join(said)} "
        for phrase in self._unless:
            spaced = spaced.replace(phrase, " … ")
        joined = spaced.replace(" ", "")
        return any(phrase in spaced for phrase in self._spaced) or any(phrase in joined for phrase in self._unspaced)


class _WholeTexts:
    def __init__(self, wording: Wording) -> None:
        self._fillers = frozenset(word for phrase in wording.fillers for word in words(phrase))
        self._phrases = frozenset(self._core(words(phrase)) for phrase in wording.alone)

    def are(self, said: list[str]) -> bool:
        return self._core(said) in self._phrases

    def _core(self, said: list[str]) -> str:
        """What is left without fillers and repetitions; the fillers, where there is nothing else."""
        joined = "".join(said)
        if _UNSPACED.search(joined):
            for filler in self._fillers:
                joined = joined.replace(filler, "")
            return joined or "".join(said)
        telling = [word for word in said if word not in self._fillers] or said
        return " ".join(word for word, _ in groupby(telling))
