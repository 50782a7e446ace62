"""Whether a section answers a question for certain. Sure is: it is the question of one of the section's examples, or it
is about the section's subject alone; and a sentence that is sent holds all that is asked about, and the kind of
answer."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from responder_service.drafting.evidence import holds
from responder_service.drafting.segments import shortened
from responder_service.knowledge.article import paragraphs
from responder_service.knowledge.passage import Passage
from responder_service.knowledge.search import Entry, Hit, Index
from responder_service.language.days import DAYS
from responder_service.language.reading import Reading, read_statement
from responder_service.language.sentences import sentences

# How near an example question must be, 0 to 1: when all that is asked about stands in it, and when not.
_NEAR, _NEAR_WITH_MORE = 0.55, 0.62
# Of a question without a word on the kind of answer, to an example with one: "dogs?" and "how much is a dog?".
_NEAR_WITHOUT_KIND = 0.8
# How much less another section must fit.
_MARGIN = 0.12
# How much of a question, by weight, must be the section's subject when it has no example.
_SUBJECT = 0.3
# How much of its heading the question must name then.
_HEADING = 0.5
_LIMIT = 12
# "Can I cancel?" is answered by the terms as a whole; "when" is not.
_TERMS = frozenset(["terms"])
_LEAVE = "=allowed"
# A "when" asks for either.
_WHEN = frozenset(["time", "day"])
# A general sentence about these is not an answer to a yes-or-no question.
_WHEN_READY = frozenset(["time", "day", "duration"])
# What only an example, or a heading that asks the same, can vouch for: no sentence shows that it is a reason or a way
# to do something.
_VOUCHED = frozenset(
    ["reason", "who", "how to", "terms", "place", "number", "size", "distance", "weight", "age", "frequency"]
)
# Which of these an answer states may stand in its text alone.
_STATED_TURNS = ("comparison: ", "order: ", "all: ")
# Say no more than "what is asked": each may be asked with a "how" too.
_LOOSE = frozenset(["how to"])


@dataclass(frozen=True)
class Match:
    """A section that answers a question for certain, what of it is sent, and how near it is, 0 to 1."""

    passage: Passage
    text: str
    nearness: float


@dataclass(frozen=True)
class _Sent:
    """What would be texted, and how it is read: as a whole, and by sentence."""

    text: str
    whole: Reading
    sentences: tuple[tuple[str, Reading], ...]


class Matcher:
    """Over one index, for answers of at most `max_segments` SMS segments."""

    def __init__(self, index: Index, max_segments: int) -> None:
        self._index = index
        self._max_segments = max_segments

    def best(self, asked: Reading, told: Reading) -> Match | None:
        """The section that answers `asked`; None when there is none, or two fit about as well. What was `told` beside
        must be the section's subject too."""
        if asked.says_nothing:
            return None
        hits = self._index.search(asked, _LIMIT)
        matches = [match for hit in hits if (match := self._match(asked, told, hit))]
        matches.sort(key=lambda match: -match.nearness)
        if not matches or any(self._rivals(asked, hit, matches[0]) for hit in hits):
            return None
        is_alone = len(matches) == 1 or matches[1].nearness <= matches[0].nearness - _MARGIN
        return matches[0] if is_alone else None

    def _rivals(self, asked: Reading, hit: Hit, best: Match) -> bool:
        """Whether another section has an example that is about as near, and is about all that is asked about."""
        if hit.entry.passage == best.passage or not asked.content.keys() <= hit.entry.vocabulary:
            return False
        return any(
            self._index.nearness(asked, example.reading) > best.nearness - _MARGIN
            and example.reading.turns == asked.turns
            and _asks_the_same(asked.kinds - _LOOSE, example.reading.kinds - _LOOSE)
            for example in hit.entry.examples
        )

    def _match(self, asked: Reading, told: Reading, hit: Hit) -> Match | None:
        entry = hit.entry
        if not told.content.keys() <= entry.vocabulary or not told.turns <= entry.text.turns:
            return None
        known = asked.content.keys() & entry.text.content.keys()
        for sent in self._sendable(entry):
            # What another paragraph says of it must be sent, too.
            if not known <= sent.whole.content.keys():
                continue
            nearness = max(self._by_example(asked, entry, sent), self._by_subject(asked, entry, sent))
            if nearness:
                return Match(entry.passage, sent.text, nearness)
        return None

    def _by_example(self, asked: Reading, entry: Entry, sent: _Sent) -> float:
        """How near the nearest example is that asks the same; 0 when none does."""
        return max((self._nearness(asked, example.reading, entry, sent) for example in entry.examples), default=0.0)

    def _nearness(self, asked: Reading, example: Reading, entry: Entry, sent: _Sent) -> float:
        # Another day makes no other question, as long as the text names it.
        nearness = self._index.nearness(asked.without(DAYS), example.without(DAYS))
        missing = asked.content.keys() - example.content.keys()
        if not example.kinds:
            # "Is fishing allowed?" and "can I fish?" ask the same.
            missing -= {_LEAVE}
        rest = (missing - entry.named.content.keys() - entry.taught) | (asked.content.keys() & DAYS)
        if nearness < (_NEAR_WITH_MORE if missing else _NEAR) or not _in_one_sentence(
            rest, asked.content.keys() - missing, sent
        ):
            return 0.0
        if not _counts_the_same(asked, example, sent):
            return 0.0
        same = _same_turns(asked, example, sent) and self._same_kind(asked, example, sent, nearness)
        return nearness if same else 0.0

    def _same_kind(self, asked: Reading, example: Reading, sent: _Sent, nearness: float) -> bool:
        wanted, given = asked.kinds - _LOOSE, example.kinds - _LOOSE
        if _asks_the_same(wanted, given):
            return True
        if not wanted:
            # "My bike is ready?" asks for this one, not when bikes are ready.
            return nearness >= _NEAR_WITHOUT_KIND and not given & _WHEN_READY
        if wanted == _TERMS:
            return not given
        return self._sentence_holds(asked, sent)

    def _by_subject(self, asked: Reading, entry: Entry, sent: _Sent) -> float:
        """How much of the question is the section's subject, when one sentence holds all of it; 0 when none does."""
        subject = max(entry.headings, key=lambda heading: self._index.nearness(asked, heading))
        nearness = self._index.nearness(asked, subject)
        if (asked.kinds & _VOUCHED) - subject.kinds or subject.kinds - asked.kinds or not self._is_named(asked, entry):
            return 0.0
        if not _same_turns(asked, subject, sent) or not _counts_the_same(asked, subject, sent):
            return 0.0
        return nearness if self._sentence_holds(asked, sent) else 0.0

    def _is_named(self, asked: Reading, entry: Entry) -> bool:
        """Whether the question names the section's subject, and its heading if it has one: what stands under it may
        be a special case."""
        heading = entry.headings[0].content.keys()
        of_heading = self._index.weight(asked.content.keys() & heading)
        of_all = self._index.weight(asked.content.keys() & entry.named.content.keys())
        return (
            of_heading >= _HEADING * self._index.weight(heading)
            and of_all >= _SUBJECT * self._index.weight(asked.content)
            and bool(asked.content)
        )

    def _sentence_holds(self, asked: Reading, sent: _Sent) -> bool:
        return any(
            asked.content.keys() <= reading.content.keys() and (not asked.kinds or holds(text, asked.kinds))
            for text, reading in sent.sentences
        )

    def _sendable(self, entry: Entry) -> Iterator[_Sent]:
        """The first paragraph, and with each of the others, as far as they can be texted."""
        first, *others = paragraphs(entry.passage.text)
        for candidate in [first, *(f"{first} {other}" for other in others)]:
            text = shortened(candidate, self._max_segments)
            if text:
                read = tuple((sentence, self._read(sentence)) for sentence in sentences(text))
                yield _Sent(text, self._read(text), read)

    def _read(self, text: str) -> Reading:
        return read_statement(text, self._index.language)


def _counts_the_same(asked: Reading, example: Reading, sent: _Sent) -> bool:
    """Whether each figure is the example's, or stands before the same word in what is sent: "for four of us" is not
    "four fillings"."""
    others = {pair for pair in asked.counted if pair[0] in asked.figures - example.figures}
    return others <= sent.whole.counted


def _asks_the_same(wanted: frozenset[str], given: frozenset[str]) -> bool:
    """Whether the same kind of answer is asked for: all that is wanted, or, for a "when", a day or a time."""
    if not wanted or not given:
        return wanted == given
    return wanted <= given or (bool(wanted & given) and wanted - given <= _WHEN)


def _in_one_sentence(words: Collection[str], shared: Collection[str], sent: _Sent) -> bool:
    """Whether a sentence holds all of `words`, and speaks of something that is `shared` with the example."""
    if not words:
        return True
    holding = [reading.content.keys() for _, reading in sent.sentences if reading.content.keys() >= set(words)]
    return any(not shared or not held.isdisjoint(shared) for held in holding)


def _same_turns(asked: Reading, other: Reading, sent: _Sent) -> bool:
    """Whether nothing makes another question of it than of the example, but for what the text states."""
    if not other.turns <= asked.turns:
        return False
    return all(turn in sent.whole.turns and turn.startswith(_STATED_TURNS) for turn in asked.turns - other.turns)
