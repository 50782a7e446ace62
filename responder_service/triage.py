"""What goes to a person whatever the articles or a model would say: decided by rules, before anything is drafted.

The tables are phrases in the languages that the samples have. A phrase is found as whole words, without case and
accents; `*` stands for the rest of a word."""

import re
from collections.abc import Iterable, Mapping

from responder_service.conversation import Conversation, HandOff, HandOffReason, Line
from responder_service.triage_phrases import (
    ASKS_FOR_PERSON,
    COURTESIES,
    LEGAL,
    PAYMENT,
    SAFETY,
    UPSET,
)
from responder_service.words import split

# The order matters: whoever is in danger and swears needs the first.
_TABLES: Mapping[HandOffReason, tuple[str, ...]] = {
    HandOffReason.SAFETY_MATTER: SAFETY,
    HandOffReason.LEGAL_MATTER: LEGAL,
    HandOffReason.PAYMENT_MATTER: PAYMENT,
    HandOffReason.UPSET: UPSET,
    HandOffReason.ASKED_FOR_PERSON: ASKS_FOR_PERSON,
}
_MIN_SHOUTED_LETTERS = 12
_SHOUTED_SHARE = 0.8
_MANY_MARKS = re.compile(r"!{3,}|[!?]{4,}")


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    alternatives = []
    for phrase in phrases:
        words = [r"\w*".join(" ".join(split(part)) for part in word.split("*")) for word in phrase.split()]
        alternatives.append(" ".join(words))
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)")


_PATTERNS = {reason: _pattern(phrases) for reason, phrases in _TABLES.items()}
# A text that is no more than this asks for one.
_CALLS = frozenset(
    [
        "agent",
        "human",
        "humans",
        "person",
        "people",
        "operator",
        "representative",
        "rep",
        "manager",
        "supervisor",
        "humano",
        "persona",
        "agente",
        "humain",
        "mensch",
    ]
)
_COURTESY = frozenset(word for phrase in COURTESIES for word in split(phrase))


def triage(conversation: Conversation) -> HandOff | None:
    """Why a person must take over, or None when a drafter may try."""
    if conversation.opted_out:
        return HandOff(HandOffReason.OPTED_OUT)
    texts = [line.text for line in conversation.unanswered]
    said = " ".join(" ".join(split(text)) for text in texts)
    for reason, pattern in _PATTERNS.items():
        if pattern.search(said):
            return HandOff(reason)
    if said in _CALLS:
        return HandOff(HandOffReason.ASKED_FOR_PERSON)
    if any(map(_is_shouted, texts)):
        return HandOff(HandOffReason.UPSET)
    if rule := _workspace_rule(said, conversation.profile.hand_off_rules):
        return HandOff(HandOffReason.WORKSPACE_RULE, rule)
    return _nothing_asked(conversation.unanswered, said)


def _is_shouted(text: str) -> bool:
    letters = [character for character in text if character.isalpha() and character.upper() != character.lower()]
    capitals = sum(character.isupper() for character in letters)
    loud = len(letters) >= _MIN_SHOUTED_LETTERS and capitals / len(letters) >= _SHOUTED_SHARE
    return loud or bool(_MANY_MARKS.search(text))


def _workspace_rule(said: str, rules: Iterable[str]) -> str:
    for rule in rules:
        words = " ".join(split(rule))
        if words and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said):
            return rule
    return ""


def _nothing_asked(lines: tuple[Line, ...], said: str) -> HandOff | None:
    words = said.split()
    if not words:
        media = any(line.media_count for line in lines)
        blank = media or not any(line.text.strip() for line in lines)
        # A picture waits for somebody to look at it; a thumb up waits for nothing.
        return HandOff(HandOffReason.NOT_KNOWN, "no words") if blank else HandOff(HandOffReason.NOT_A_QUESTION)
    asks = any("?" in line.text or "¿" in line.text for line in lines)
    if not asks and all(word in _COURTESY for word in words):
        return HandOff(HandOffReason.NOT_A_QUESTION)
    return None
