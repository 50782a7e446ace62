"""Use cases: what customers asked and the AI could not answer, for whoever writes the articles."""

from collections.abc import Sequence

from servicekit.clock import Clock
from servicekit.limits import ITEMS_PER_CALL
from servicekit.paging import Page, Position, id_at, page
from ticket_service import errors
from ticket_service.domain.ai.questions import Question, UnansweredQuestion
from ticket_service.domain.audit import Actor, AuditEntry
from ticket_service.domain.audit_action import AuditAction
from ticket_service.ports.ai.questions import QuestionStore


class Questions:
    """Questions of all workspaces."""

    def __init__(self, store: QuestionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def list_questions(self, workspace_id: str, asked: Page) -> tuple[list[UnansweredQuestion], str]:
        """A page, newest first, and the next page's token. Raises PAGE_TOKEN_INVALID."""

        async def read(position: Position, limit: int) -> list[UnansweredQuestion]:
            return await self._store.list_questions(workspace_id, id_at(position), limit)

        found, token = await page(asked, [workspace_id], read, lambda one: [one.question.question_id])
        # What its texts said is erased.
        return [one for one in found if any(text.strip() for text in one.texts)], token

    async def dismiss(self, workspace_id: str, question_ids: Sequence[str], actor: Actor) -> int:
        """They are dealt with; how many were on the list. Raises FIELD_REQUIRED, FIELD_INVALID."""
        if not question_ids:
            raise errors.required("question_ids")
        if len(question_ids) > ITEMS_PER_CALL:
            raise errors.invalid("question_ids", f"may have at most {ITEMS_PER_CALL} entries")

        def record(question: Question) -> AuditEntry:
            details = {"ticket_id": question.ticket_id}
            return AuditEntry(AuditAction.AI_QUESTION_DISMISSED, question.question_id, actor, self._clock(), details)

        return await self._store.dismiss_questions(workspace_id, question_ids, record)
