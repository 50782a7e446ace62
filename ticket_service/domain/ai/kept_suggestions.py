"""What a person could answer with, kept from when the AI left a ticket until somebody has answered."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SUGGESTIONS = 3


@dataclass(frozen=True)
class Article:
    """A section of an article, as the responder names it."""

    article_id: str
    title: str = ""
    section: str = ""

    def __str__(self) -> str:
        return f"{self.article_id}#{self.section}".removesuffix("#")


@dataclass(frozen=True)
class SuggestedReply:
    """A text that a person may send after a look, and the articles that it is from. `is_draft`: the AI would have sent
    it, and was not allowed to; otherwise nobody has found that it answers what was asked."""

    text: str
    articles: tuple[Article, ...] = ()
    is_draft: bool = False


@dataclass(frozen=True)
class KeptSuggestions:
    """The best first, at most three, for the conversation up to `message_id`."""

    message_id: str
    replies: tuple[SuggestedReply, ...]


def kept(message_id: str, replies: Iterable[SuggestedReply]) -> KeptSuggestions | None:
    """The first of them that can be sent, each text once; None when there is none."""
    by_text: dict[str, SuggestedReply] = {}
    for reply in replies:
        by_text.setdefault(reply.text.strip(), reply)
    by_text.pop("", None)
    best = tuple(by_text.values())[:MOST_SUGGESTIONS]
    return KeptSuggestions(message_id, best) if best else None
