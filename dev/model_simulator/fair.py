"""A model that means well: it answers in the words of the passage that shares most words with the question, and quotes
them. As a verifier it finds a sentence entailed when its quote has its words."""

import re
from typing import Any

from dev.model_simulator.reading import Reading, ReadPassage, words

_MOST_CHARACTERS = 280
_LEAST_SHARE = 0.5
_HOURS = frozenset({"open", "opening", "hour", "close", "closing", "closed"})
Sentence = dict[str, str]


def decide(reading: Reading) -> dict[str, Any]:
    """An answer that quotes one passage or the profile, or a hand-off."""
    asked = words(reading.question)
    best = max(reading.passages, key=lambda passage: len(asked & passage.words), default=None)
    if best is not None and asked and len(asked & best.words) / len(asked) >= _LEAST_SHARE:
        text = first_sentences(best)
        return answer(sentence(text, best.article_id, text))
    if asked & _HOURS and reading.business_hours:
        return answer(sentence(f"We are open {reading.business_hours}.", "profile", reading.business_hours))
    return hand_off("not_in_articles")


def verify(reading: Reading) -> dict[str, Any]:
    """A verdict on each sentence; the whole answers whatever was asked."""
    return verdict([words(said.text) - _HOURS <= words(said.quote) for said in reading.sentences], answers=True)


def answer(*sentences: Sentence) -> dict[str, Any]:
    """A decision to answer."""
    return {"decision": "answer", "sentences": list(sentences), "hand_off": ""}


def hand_off(cause: str) -> dict[str, Any]:
    """A decision to hand off."""
    return {"decision": "hand_off", "sentences": [], "hand_off": cause}


def sentence(text: str, article_id: str, quote: str) -> Sentence:
    """A sentence with its evidence."""
    return {"text": text, "article_id": article_id, "quote": quote}


def verdict(entailed: list[bool], answers: bool) -> dict[str, Any]:
    """What a verifier says of so many sentences."""
    numbered = [{"number": number, "entailed": yes} for number, yes in enumerate(entailed, 1)]
    return {"sentences": numbered, "answers": answers}


def first_sentences(passage: ReadPassage) -> str:
    """The first sentences of the first paragraph that fit into two SMS."""
    paragraph = " ".join(re.split(r"\n\s*\n", passage.text.strip(), maxsplit=1)[0].split())
    text = ""
    for part in re.split(r"(?<=[.!?])\s+", paragraph):
        if text and len(text) + len(part) > _MOST_CHARACTERS:
            break
        text = f"{text} {part}".strip()
    return text[:_MOST_CHARACTERS]
