"""Questions are taken off the list of those that nobody could answer."""

from collections.abc import Sequence

from client.session import Session
from keva.ticket.v1 import question_pb2
from servicekit.limits import ITEMS_PER_CALL


async def dismiss_questions(session: Session, question_ids: Sequence[str]) -> int:
    """All of these, however many; how many were on the list. When it fails, some may be off it: asking again takes the
    others off. Raises Failure."""
    dismissed = 0
    # Of none the service says what is missing.
    for first in range(0, len(question_ids) or 1, ITEMS_PER_CALL):
        some = question_ids[first : first + ITEMS_PER_CALL]
        request = question_pb2.DismissQuestionsRequest(workspace_id=session.workspace_id, question_ids=some)
        dismissed += (await session.ask(session.services.tickets.DismissQuestions, request)).dismissed
    return dismissed
