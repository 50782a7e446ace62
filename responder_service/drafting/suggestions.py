"""What a person could answer from when the AI leaves a ticket to them: the sections that fit best."""

from collections.abc import Callable

from responder_service.drafting.conversation import Articles, Conversation, Role, Suggestion
from responder_service.drafting.questions import is_follow_up
from responder_service.drafting.segments import shortened
from responder_service.knowledge.article import paragraphs
from responder_service.knowledge.passage import Passage
from responder_service.language.words import split

Suggest = Callable[[Conversation], tuple[Suggestion, ...]]
_MOST = 3
# The newest of what waits, in characters.
_MOST_READ = 1_000
# With fewer words a text may only go on with what was asked before.
_FEW_WORDS = 6


class Suggestions:
    """A Suggest over `articles`, with answers of at most `max_segments` SMS segments where the first sentence
    allows."""

    def __init__(self, articles: Articles, max_segments: int) -> None:
        self._articles = articles
        self._max_segments = max_segments

    def __call__(self, conversation: Conversation) -> tuple[Suggestion, ...]:
        """The best sections for the texts that wait, in any language; at most three."""
        best = self._articles.search(conversation.workspace_id, _asked(conversation), _MOST)
        return tuple(Suggestion(passage, self._answer(passage)) for passage in best)

    def _answer(self, passage: Passage) -> str:
        answer = paragraphs(passage.text)[0]
        return shortened(answer, self._max_segments) or answer


def _asked(conversation: Conversation) -> str:
    """What waits, with what the customer wrote before it if it goes on with that: "and to Mexico?"."""
    waiting = [line.text for line in conversation.unanswered]
    text = "\n".join(waiting)[-_MOST_READ:]
    before = [line.text for line in conversation.lines if line.role is Role.CUSTOMER][: -len(waiting)]
    goes_on = is_follow_up(text) or len(split(text)) <= _FEW_WORDS
    return f"{before[-1]}\n{text}"[-_MOST_READ:] if before and goes_on else text
