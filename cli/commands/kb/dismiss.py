"""`keva kb dismiss`."""

from typing import Annotated

import typer

from cli.session import Session
from cli.terminal import output
from keva.ticket.v1 import question_pb2

_MOST_AT_ONCE = 100


async def dismiss(
    session: Session,
    question_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Questions (qst_…) of keva kb questions")],
) -> None:
    """Take questions off the list of keva kb questions: an article answers them now, or none is to."""
    for first in range(0, len(question_ids), _MOST_AT_ONCE):
        some = question_ids[first : first + _MOST_AT_ONCE]
        request = question_pb2.DismissQuestionsRequest(workspace_id=session.workspace_id, question_ids=some)
        await session.ask(session.services.tickets.DismissQuestions, request)
    if session.settings.as_json:
        return output.emit_json({"question_ids": question_ids, "dismissed": True})
    return output.say("They are off the list.")
