"""`keva kb dismiss`."""

from typing import Annotated

import typer

from cli.session import Session
from cli.terminal import output
from client.questions.dismissing import dismiss_questions


async def dismiss(
    session: Session,
    question_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Questions (qst_…) of keva kb questions")],
) -> None:
    """Take questions off the list of keva kb questions: an article answers them now, or none is to."""
    dismissed = await dismiss_questions(session, question_ids)
    if session.settings.as_json:
        return output.emit_json({"dismissed": dismissed})
    return output.say(f"{dismissed} taken off the list." if dismissed else "None of them was on the list.")
