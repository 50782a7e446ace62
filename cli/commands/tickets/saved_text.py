"""Saved replies as texts of tickets."""

from cli.session import Session
from client.failure import refused
from keva.ticket.v1 import saved_reply_service_pb2 as pb


async def rendered(session: Session, named: str, ticket_id: str) -> pb.RenderSavedReplyResponse:
    """The saved reply of that shortcut or id, with the values of the ticket. Raises Failure when one is missing:
    nothing is sent with a gap in it."""
    request = pb.RenderSavedReplyRequest(workspace_id=session.workspace_id, saved_reply_id=named, ticket_id=ticket_id)
    answer = await session.ask(session.services.saved_replies.RenderSavedReply, request)
    if answer.missing:
        names = ", ".join(f"{{{name}}}" for name in answer.missing)
        raise refused(
            f"Nothing was sent: there is no value for {names} in {answer.text!r}.",
            "Write the text yourself, or give the customer a name: keva customers update CUSTOMER --name NAME.",
        )
    return answer


async def saved_reply_id_of(session: Session, named: str) -> str:
    """The id of the saved reply of that shortcut or id; empty for none. Raises Failure."""
    if not named:
        return ""
    request = pb.GetSavedReplyRequest(workspace_id=session.workspace_id, saved_reply_id=named)
    return (await session.ask(session.services.saved_replies.GetSavedReply, request)).saved_reply.saved_reply_id
