"""What is asked of questions that the AI could not answer. They are written together with the hand-off, by
TicketStore."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ticket_service.domain.ai.questions import Question, UnansweredQuestion
from ticket_service.domain.audit import AuditEntry


class QuestionStore(Protocol):
    """Questions of all workspaces."""

    async def list_questions(self, workspace_id: str, before: str, limit: int) -> list[UnansweredQuestion]:
        """Newest first; `before` is the last question id of the page before. Texts that were erased are empty."""
        ...

    async def dismiss_questions(
        self, workspace_id: str, question_ids: Sequence[str], record: Callable[[Question], AuditEntry]
    ) -> int:
        """Removes them, with a record of each; those that are gone already are passed over. How many were there."""
        ...
