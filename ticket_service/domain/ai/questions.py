"""What customers asked and the AI could not answer: what an article could say, in their own words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ticket_service.domain.ai.kept_suggestions import Article, SuggestedReply
from ticket_service.domain.hand_off import HandOffReason

# An article would have helped.
NOT_ANSWERED = frozenset({HandOffReason.NOT_KNOWN, HandOffReason.DRAFT_REFUSED})
# Of a suggestion's words: who answers with it cuts and adds a little.
_SHARE_USED = 0.75
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Question:
    """Where it stands: the texts are those messages, and what is answered comes behind `position` on the ticket. So
    what is erased there is gone here. `suggestions` is what people were offered."""

    question_id: str
    organization_id: str
    workspace_id: str
    ticket_id: str
    customer_id: str
    ask_time: datetime
    reason: HandOffReason
    message_ids: tuple[str, ...]
    position: int
    suggestions: tuple[SuggestedReply, ...] = ()


@dataclass(frozen=True)
class UnansweredQuestion:
    """The same as it is read: what was asked, and what a person answered first, if one has. `used`: from which section,
    as far as that shows."""

    question: Question
    ticket_number: int
    texts: tuple[str, ...]
    answer: str = ""
    used: Article | None = None


def id_of(message_ids: Sequence[str]) -> str:
    """The same for the same texts, however often they are handed off; in the order in which they came."""
    return message_ids[-1].replace("msg_", "qst_", 1)


def article_used(answer: str, suggestions: Iterable[SuggestedReply]) -> Article | None:
    """The section that an answer was made from: that of the suggestion most of whose words are in it."""
    said = _words(answer)
    shares = [(_share(_words(reply.text), said), reply) for reply in suggestions if reply.articles]
    best = max((share for share, _ in shares), default=0.0)
    if best < _SHARE_USED:
        return None
    return next(reply.articles[0] for share, reply in shares if share == best)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _share(words: set[str], said: set[str]) -> float:
    return len(words & said) / len(words) if words else 0.0
