"""What a person could answer from when the AI leaves a ticket to them: the sections that fit best."""

from collections.abc import Callable

from responder_service.drafting.conversation import Articles, Conversation, Suggestion
from responder_service.drafting.segments import shortened
from responder_service.knowledge.article import paragraphs
from responder_service.knowledge.passage import Passage
from responder_service.language.detection import detect

Suggest = Callable[[Conversation], tuple[Suggestion, ...]]
_MOST = 3
_SEARCHED = 12


class Suggestions:
    """A Suggest over `articles`, with answers of at most `max_segments` SMS segments where the first sentence
    allows."""

    def __init__(self, articles: Articles, max_segments: int) -> None:
        self._articles = articles
        self._max_segments = max_segments

    def __call__(self, conversation: Conversation) -> tuple[Suggestion, ...]:
        """The best sections for the texts that wait, those in the customer's language first; at most three."""
        text = "\n".join(line.text for line in conversation.unanswered)
        found = self._articles.search(conversation.workspace_id, text, _SEARCHED)
        language = detect(text, conversation.profile.languages)
        best = sorted(found, key=lambda passage: language not in ("", passage.language))[:_MOST]
        return tuple(Suggestion(passage, self._answer(passage)) for passage in best)

    def _answer(self, passage: Passage) -> str:
        answer = paragraphs(passage.text)[0]
        return shortened(answer, self._max_segments) or answer
