"""Who asks in plain words not to be texted: no machine answers them, and no machine opts them out either."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby

from ticket_service.domain.texts.plain_text import words
from ticket_service.domain.texts.spelling import Spelling

# Han, kana and Thai are written without spaces, and Hangul (taken apart, as it is compared) as people like.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_SENTENCE_END = re.compile(r"[.,;:!?\n()…。！？、，]+")
_PART = re.compile(r"\{(\w+)\}(\*?)")
# So many words may stand where a pattern has a part with "*".
_MOST_BETWEEN = 5
# And so many words a phrase has with all fillers, at most.
_MOST_WORDS = 15


@dataclass(frozen=True)
class Wording:
    """How people of one language ask for it.

    `alone`: phrases that are the whole text, save `fillers`; `sentences`: the same for one sentence, or what stands
    between commas; `within`: those that may stand in any text. In these `{name}` is any phrase of that name in `parts`,
    `{name}*` some of them or none, all in one sentence. None of it counts where a phrase of `unless` covers it.
    """

    alone: Iterable[str] = ()
    sentences: Iterable[str] = ()
    within: Iterable[str] = ()
    fillers: Iterable[str] = ()
    unless: Iterable[str] = ()
    parts: Mapping[str, Iterable[str]] = field(default_factory=dict)


class PlainWords:
    """The wish for no more texts in several languages. `polite` words are passed over wherever they stand."""

    def __init__(self, wordings: Iterable[Wording], polite: Iterable[str] = (), misspelled: Iterable[str] = ()) -> None:
        """`misspelled` are words that are known by most misspellings. Raises ValueError for a pattern with a part that
        is not known."""
        known = list(wordings)
        self._spelling = Spelling(misspelled, (word for wording in known for word in _words_of(wording)))
        self._polite = [f" {' '.join(words(phrase))} " for phrase in polite]
        self._whole = [_Whole(wording.alone, wording.fillers) for wording in known]
        self._sentences = [_Whole(wording.sentences, wording.fillers) for wording in known]
        within = [(phrase, wording.parts) for wording in known for phrase in wording.within]
        self._patterns = [_pattern(phrase, parts) for phrase, parts in within if "{" in phrase]
        phrases = [self._plainly(words(phrase)) for phrase, _ in within if "{" not in phrase]
        self._spaced = [phrase for phrase in phrases if not _UNSPACED.search(phrase)]
        self._unspaced = [phrase.replace(" ", "") for phrase in phrases if _UNSPACED.search(phrase)]
        self._unless = [self._plainly(words(phrase)) for wording in known for phrase in wording.unless]

    def are_in(self, text: str) -> bool:
        """Whether `text` asks for no more texts."""
        parts = _SENTENCE_END.split(text.replace("#", " number "))
        sentences = [said for part in parts if (said := self._spelling.corrected(words(part)))]
        whole = list(chain.from_iterable(sentences))
        if any(known.are(whole) for known in self._whole) or self._has_phrase(whole):
            return True
        return any(self._is_wish(sentence) for sentence in sentences)

    def _is_wish(self, sentence: list[str]) -> bool:
        spaced, plain = self._uncovered(sentence), self._plainly(sentence).split()
        return any(known.are(plain) for known in self._sentences) or any(p.search(spaced) for p in self._patterns)

    def _has_phrase(self, whole: list[str]) -> bool:
        """Whatever stands in it: some people put a comma everywhere."""
        spaced = self._uncovered(whole)
        joined = spaced.replace(" ", "")
        return any(phrase in spaced for phrase in self._spaced) or any(phrase in joined for phrase in self._unspaced)

    def _plainly(self, said: list[str]) -> str:
        """The words between single spaces."""
        spaced = f" {' '.join(said)} "
        for phrase in self._polite:
            spaced = spaced.replace(phrase, " ")
        return spaced

    def _uncovered(self, said: list[str]) -> str:
        """The words, without those that mean something else."""
        spaced = self._plainly(said)
        for phrase in self._unless:
            spaced = spaced.replace(phrase, " … ")
        return spaced


def _words_of(wording: Wording) -> Iterable[str]:
    """All words of its phrases, patterns aside."""
    phrases = chain(wording.alone, wording.sentences, wording.within, wording.fillers, *wording.parts.values())
    return chain.from_iterable(words(phrase) for phrase in phrases if "{" not in phrase)


class _Whole:
    def __init__(self, phrases: Iterable[str], fillers: Iterable[str]) -> None:
        self._fillers = frozenset(word for phrase in fillers for word in words(phrase))
        self._phrases = frozenset(self._core(words(phrase)) for phrase in phrases)

    def are(self, said: list[str]) -> bool:
        return 0 < len(said) <= _MOST_WORDS and self._core(said) in self._phrases

    def _core(self, said: list[str]) -> str:
        """What is left without fillers and repetitions; the fillers, where there is nothing else."""
        joined = "".join(said)
        if _UNSPACED.search(joined):
            for filler in self._fillers:
                joined = joined.replace(filler, "")
            return joined or "".join(said)
        telling = [word for word in said if word not in self._fillers] or said
        return " ".join(word for word, _ in groupby(telling))


def _pattern(phrase: str, parts: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    """`stop {gap}* {texts}` as a pattern of words between single spaces."""
    found = ""
    for piece in re.split(r"(\{\w+\}\*?)", phrase):
        if part := _PART.fullmatch(piece):
            if part[1] not in parts:
                raise ValueError(f"{phrase}: {part[1]} is not among the parts")
            either = "|".join(re.escape(" ".join(words(word))) for word in parts[part[1]])
            found += f"(?: (?:{either})(?= ))" + (f"{{0,{_MOST_BETWEEN}}}" if part[2] else "")
        else:
            found += "".join(f" {re.escape(word)}(?= )" for word in words(piece))
    return re.compile(found)
