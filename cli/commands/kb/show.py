"""`keva kb show`."""

from typing import Annotated

import typer

from cli.session import Session
from cli.terminal import output
from keva.ticket.v1 import article_pb2


async def show(
    session: Session,
    article: Annotated[
        str, typer.Argument(metavar="ARTICLE", help="An article, as answers and suggestions name it, such as shipping")
    ],
) -> None:
    """Show what an article says now, as the AI has it."""
    request = article_pb2.GetArticleRequest(workspace_id=session.workspace_id, article_id=article)
    found = (await session.ask(session.services.tickets.GetArticle, request)).article
    if session.settings.as_json:
        return output.emit_json(found)
    output.say(f"{found.title} ({found.article_id})", style="bold")
    for section in found.sections:
        output.say()
        if section.heading:
            output.say(section.heading, style="bold")
        output.say_indented(section.text)
    return None
