"""How near a customer's text is to sections in meaning: to what they say as a whole, to one of their sentences, and to
an example question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from responder_service.knowledge.article import paragraphs
from responder_service.language.sentences import gist, sentences

if TYPE_CHECKING:
    from responder_service.knowledge.search import Entry
    from responder_service.language.meaning import Meaning, Vectors

# All vectors of this model point the same way more or less, questions one way and statements another. With so many
# texts one can say which way, and take it off: what is left tells them apart.
_ENOUGH = 10
# A section's beginning says what it is about; in characters.
_MOST_READ = 600
# Of a customer's text: it takes a millisecond per token, of some four characters.
_MOST_ASKED = 150


@dataclass(frozen=True)
class _Texts:
    """Vectors of texts of one kind, and the number of the entry that each is of."""

    vectors: "Vectors"
    owners: "np.ndarray[tuple[int], np.dtype[np.intp]]"

    def nearest(self, question: "Vectors", entries: int) -> "Vectors":
        """Of each entry the nearest text's nearness; -1 where it has none."""
        found = np.full(entries, -1.0, dtype=np.float32)
        if len(self.owners):
            np.maximum.at(found, self.owners, self.vectors @ question)
        return found


class Likeness:
    """Over `entries`. Vectors of texts that `before` has are taken from there: a change of one article costs that
    one."""

    def __init__(self, meaning: "Meaning", entries: Sequence["Entry"], before: "Likeness | None" = None) -> None:
        self._meaning = meaning
        self._number = len(entries)
        self._known = before._kept if before else {}
        self._kept: dict[tuple[str, bool], Vectors] = {}
        examples = [[example.text for example in entry.examples] for entry in entries]
        wholes, parts = [[_whole(entry)] for entry in entries], [_parts(entry) for entry in entries]
        # Where owners taught little, headings show which way questions point.
        asked = examples if sum(map(len, examples)) >= _ENOUGH else [[_heading(entry)] for entry in entries]
        self._middle = _middle(self._rows(asked, is_question=True))
        self._wholes = self._texts(wholes, is_question=False)
        self._parts = self._texts(parts, is_question=False)
        self._examples = self._texts(examples, is_question=True)
        self._known = {}

    def scores(self, text: str) -> list[float]:
        """How near each entry is, the sum of three nearnesses of -1 to 1."""
        if not self._number:
            return []
        question = _unit(self._meaning.of_question(gist(text, _MOST_ASKED)) - self._middle)
        wholes = self._wholes.nearest(question, self._number)
        examples = self._examples.nearest(question, self._number)
        # Who has no example is judged by what it says.
        examples = np.where(examples > -1, examples, wholes)
        scores: list[float] = (wholes + examples + self._parts.nearest(question, self._number)).tolist()
        return scores

    def _texts(self, texts: Sequence[Sequence[str]], is_question: bool) -> _Texts:
        rows = self._rows(texts, is_question)
        owners = [number for number, each in enumerate(texts) for _ in each]
        middle = self._middle if is_question else _middle(rows)
        return _Texts(_unit(rows - middle), np.array(owners, dtype=np.intp))

    def _rows(self, texts: Sequence[Sequence[str]], is_question: bool) -> "Vectors":
        wanted = [(text, is_question) for each in texts for text in each]
        known = self._known | self._kept
        unknown = [text for text, _ in dict.fromkeys(wanted) if (text, is_question) not in known]
        made = self._meaning.of_texts(unknown, is_question)
        known |= {(text, is_question): vector for text, vector in zip(unknown, made, strict=True)}
        self._kept |= {each: known[each] for each in wanted}
        rows = np.array([known[each] for each in wanted], dtype=np.float32)
        return rows.reshape(len(wanted), made.shape[1])


def _middle(vectors: "Vectors") -> "Vectors":
    many = len(vectors) >= _ENOUGH
    middle: Vectors = vectors.mean(0) if many else np.zeros(vectors.shape[1], dtype=np.float32)
    return middle


def _unit(vectors: "Vectors") -> "Vectors":
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), dtype=np.float32)


def _heading(entry: "Entry") -> str:
    return f"{entry.passage.title}: {entry.passage.section}"


def _whole(entry: "Entry") -> str:
    passage = entry.passage
    return f"{passage.title}. {passage.section}. {' '.join(paragraphs(passage.text))}"[:_MOST_READ]


def _parts(entry: "Entry") -> list[str]:
    said = " ".join(paragraphs(entry.passage.text))[:_MOST_READ]
    return [f"{entry.passage.section}: {sentence}" for sentence in sentences(said)]
