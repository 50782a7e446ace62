"""A model that means well: it answers in the words of the passage that shares most words with the question."""

import re
from typing import Any

from dev.model_simulator.reading import Reading, ReadPassage, words

_MOST_CHARACTERS = 280
_LEAST_SHARE = 0.5
_HOURS = frozenset({"open", "opening", "hour", "close", "closing", "closed"})


def decide(reading: Reading) -> dict[str, Any]:
    """An answer that cites one passage or the profile, or a hand-off."""
    asked = words(reading.question)
    best = max(reading.passages, key=lambda passage: len(asked & passage.words), default=None)
    if best is not None and asked and len(asked & best.words) / len(asked) >= _LEAST_SHARE:
        return answer(first_sentences(best), [best.article_id], "the passage shares most words with the question")
    if asked & _HOURS and reading.business_hours:
        return answer(f"We are open {reading.business_hours}.", ["profile"], "the profile has the hours")
    return {"decision": "hand_off", "answer": "", "article_ids": [], "reason": "no passage fits"}


def answer(text: str, article_ids: list[str], reason: str) -> dict[str, Any]:
    """A decision to answer."""
    return {"decision": "answer", "answer": text, "article_ids": article_ids, "reason": reason}


def first_sentences(passage: ReadPassage) -> str:
    """The first sentences of the first paragraph that fit into two SMS."""
    paragraph = " ".join(re.split(r"\n\s*\n", passage.text.strip(), maxsplit=1)[0].split())
    text = ""
    for sentence in re.split(r"(?<=[.!?])\s+", paragraph):
        if text and len(text) + len(sentence) > _MOST_CHARACTERS:
            break
        text = f"{text} {sentence}".strip()
    return text[:_MOST_CHARACTERS]
