"""What goes to a person whatever the articles or a model would say: decided by rules, before anything is drafted. The
phrases are in data/triage.yaml."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Annotated

from pydantic import AfterValidator

from responder_service.data.reading import EachOnce, Fragments, Language, Table, Word, Words, alternatives, read
from responder_service.drafting.conversation import Conversation, HandOff, HandOffReason, Line
from responder_service.language.folding import FoldedWords
from responder_service.language.words import split


def _has_words(phrase: str) -> str:
    # It would be found in every text.
    if not split(phrase):
        raise ValueError("has no word")
    return phrase


_Phrases = EachOnce[Annotated[Word, AfterValidator(_has_words)]]


class _Triage(Table):
    safety: dict[Language, _Phrases]
    legal: dict[Language, _Phrases]
    payment: dict[Language, _Phrases]
    upset: dict[Language, _Phrases]
    asks_for_person: dict[Language, _Phrases]
    calls: FoldedWords
    angry_signs: Words
    starred: Fragments
    glad: _Phrases


_triage = read("triage.yaml", _Triage)
# The order matters: whoever is in danger and swears needs the first.
_TABLES: Mapping[HandOffReason, Mapping[str, Iterable[str]]] = {
    HandOffReason.SAFETY_MATTER: _triage.safety,
    HandOffReason.LEGAL_MATTER: _triage.legal,
    HandOffReason.PAYMENT_MATTER: _triage.payment,
    HandOffReason.UPSET: _triage.upset,
    HandOffReason.ASKED_FOR_PERSON: _triage.asks_for_person,
}
_MIN_SHOUTED_LETTERS = 12
_SHOUTED_SHARE = 0.8
_STARRED = re.compile(rf"(?<!\w){alternatives(_triage.starred)}[*@#$]{{1,4}}[a-z]{{0,5}}(?!\w)", re.IGNORECASE)
# A payment card's number (ISO/IEC 7812): 13 to 19 digits, usually in groups; payment cards begin with 2 to 6.
_CARD_NUMBER = re.compile(r"(?<!\d)[2-6](?:[ -]?\d){12,18}(?!\d)")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_MANY_MARKS = re.compile(r"!{3,}|[!?]{4,}")


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    folded = []
    for phrase in phrases:
        words = [r"\w*".join(" ".join(split(part)) for part in word.split("*")) for word in phrase.split()]
        folded.append(" ".join(words))
    return re.compile(rf"(?<!\w){alternatives(folded)}(?!\w)")


_PATTERNS = {reason: _pattern(chain.from_iterable(phrases.values())) for reason, phrases in _TABLES.items()}
_GLAD = _pattern(_triage.glad)
_CALLS = frozenset(_triage.calls)


def triage(conversation: Conversation) -> HandOff | None:
    """Why a person must take over, or None when a drafter may try."""
    if conversation.opted_out:
        return HandOff(HandOffReason.OPTED_OUT)
    lines = conversation.unanswered
    said = " ".join(" ".join(split(line.text)) for line in lines)
    if reason := _sensitive(lines, said):
        return HandOff(reason)
    rule = _workspace_rule(said, conversation.profile.hand_off_rules)
    return HandOff(HandOffReason.WORKSPACE_RULE, rule) if rule else None


def _sensitive(lines: tuple[Line, ...], said: str) -> HandOffReason | None:
    for reason, pattern in _PATTERNS.items():
        if pattern.search(said):
            return reason
    if any(_has_card_number(line.text) for line in lines):
        return HandOffReason.PAYMENT_MATTER
    if said in _CALLS:
        return HandOffReason.ASKED_FOR_PERSON
    return HandOffReason.UPSET if any(_is_shouted(line.text) for line in lines) else None


def _is_shouted(text: str) -> bool:
    if _STARRED.search(text) or any(sign in text for sign in _triage.angry_signs):
        return True
    if _GLAD.search(" ".join(split(text))):
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


def _workspace_rule(said: str, rules: Iterable[str]) -> str:
    for rule in rules:
        words = " ".join(split(rule))
        # Scripts without spaces have no whole words to look for.
        found = words in said if _UNSPACED.search(words) else re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said)
        if words and found:
            return rule
    return ""
