"""What must be seen at once in a customer's texts, in every mode: danger, money that moved, law, who asks for a
person, who is upset. The patterns are in data/marks.yaml; danger and money are seen by examples, too."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from responder_service.data.reading import AnyOf, AnyPhrase, Fragments, Parts, Table, Words, alternatives, read
from responder_service.drafting.conversation import HandOffReason, Line
from responder_service.drafting.mark_examples import resembles
from responder_service.language.folding import FoldedWords
from responder_service.language.words import is_misspelt, split


class _Marks(Table):
    parts: Parts
    spelled: FoldedWords
    idle: AnyPhrase
    harmless: AnyPhrase
    acute: AnyOf
    safety: AnyPhrase
    payment: AnyPhrase
    legal: AnyPhrase
    asks_for_person: AnyPhrase
    upset: AnyPhrase
    calls: FoldedWords
    angry_signs: Words
    starred: Fragments
    glad: AnyOf


_marks = read("marks.yaml", _Marks)
# The order matters: whoever is in danger and swears needs the first.
_PATTERNS = {
    HandOffReason.SAFETY_MATTER: _marks.safety,
    HandOffReason.LEGAL_MATTER: _marks.legal,
    HandOffReason.PAYMENT_MATTER: _marks.payment,
    HandOffReason.ASKED_FOR_PERSON: _marks.asks_for_person,
    HandOffReason.UPSET: _marks.upset,
}
# What is seen by examples, too, and after which pattern: there is no end to how people say these.
_LEARNED = {
    HandOffReason.SAFETY_MATTER: (HandOffReason.SAFETY_MATTER, "safety"),
    HandOffReason.ASKED_FOR_PERSON: (HandOffReason.PAYMENT_MATTER, "payment"),
}
_MIN_SHOUTED_LETTERS = 12
_SHOUTED_SHARE = 0.8
_STARRED = re.compile(rf"(?<!\w){alternatives(_marks.starred)}[*@#$]{{1,4}}[a-z]{{0,5}}(?!\w)", re.IGNORECASE)
# A payment card's number (ISO/IEC 7812): 13 to 19 digits, usually in groups; payment cards begin with 2 to 6.
_CARD_NUMBER = re.compile(r"(?<!\d)[2-6](?:[ -]?\d){12,18}(?!\d)")
_MANY_MARKS = re.compile(r"!{3,}|[!?]{4,}")
_SENTENCE_END = re.compile(r"[.!?…;\n]+(?:\s|$)|\n+")
_CALLS = frozenset(_marks.calls)
_SPELLED: defaultdict[str, list[str]] = defaultdict(list)
for _word in _marks.spelled:
    _SPELLED[_word[0]].append(_word)


def mark(lines: Sequence[Line]) -> HandOffReason | None:
    """Why the texts need a person at once; None when nothing of that kind is seen in them."""
    said = " . ".join(sentence for line in lines for sentence in _sentences(line.text))
    heard = _marks.idle.sub(" _ ", f"{said} . ")
    if not _marks.acute.search(heard):
        heard = _marks.harmless.sub(" _ ", heard)
    for reason, pattern in _PATTERNS.items():
        if pattern.search(heard):
            return reason
        if reason is HandOffReason.PAYMENT_MATTER and any(_has_card_number(line.text) for line in lines):
            return reason
        if reason is HandOffReason.ASKED_FOR_PERSON and said in _CALLS:
            return reason
        learned, kind = _LEARNED.get(reason, (None, ""))
        if learned and resembles(kind, heard.split(" . ")):
            return learned
    return HandOffReason.UPSET if any(_is_shouted(line.text) for line in lines) else None


def _sentences(text: str) -> list[str]:
    read_as = (" ".join(map(_spelled, split(part))) for part in _SENTENCE_END.split(text))
    return [sentence for sentence in read_as if sentence]


@lru_cache(maxsize=10_000)
def _spelled(word: str) -> str:
    if word in _marks.spelled:
        return word
    # Another ending is not a slip: "policy" is not "police".
    known = (known for known in _SPELLED.get(word[:1], ()) if known[-1] == word[-1])
    return next((other for other in known if is_misspelt(word, other)), word)


def _is_shouted(text: str) -> bool:
    if _STARRED.search(text) or any(sign in text for sign in _marks.angry_signs):
        return True
    if _marks.glad.search(" ".join(split(text))):
        return False
    letters = [character for character in text if character.isalpha() and character.upper() != character.lower()]
    capitals = sum(character.isupper() for character in letters)
    loud = len(letters) >= _MIN_SHOUTED_LETTERS and capitals / len(letters) >= _SHOUTED_SHARE
    return loud or bool(_MANY_MARKS.search(text))


def _has_card_number(text: str) -> bool:
    runs = (re.sub(r"\D", "", found) for found in _CARD_NUMBER.findall(text))
    # The date that it expires on may follow.
    return any(_has_check_digit(run[:length]) for run in runs for length in {len(run), 16, 15} if length <= len(run))


def _has_check_digit(digits: str) -> bool:
    """Whether the last digit is right by the Luhn formula (ISO/IEC 7812-1, annex B)."""
    doubled = [2 * int(digit) for digit in digits[-2::-2]]
    total = sum(map(int, digits[-1::-2])) + sum(number // 10 + number % 10 for number in doubled)
    return total % 10 == 0
