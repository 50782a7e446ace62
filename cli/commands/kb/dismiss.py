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
    dismissed = 0
    for first in range(0, len(question_ids), _MOST_AT_ONCE):
        some = question_ids[first : first + _MOST_AT_ONCE]
        request = question_pb2.DismissQuestionsRequest(workspace_id=session.workspace_id, question_ids=some)
        dismissed += (await session.ask(session.services.tickets.DismissQuestions, request)).dismissed
    if session.settings.as_json:
        return output.emit_json({"dismissed": dismissed})
    return output.say(f"{dismissed} taken off the list." if dismissed else "None of them was on the list.")
