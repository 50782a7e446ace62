"""A workspace in which whatever somebody can fill in wants to be run: by strangers, by colleagues, at Twilio."""

import asyncio
from dataclasses import dataclass

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from dev.twilio_simulator.client import MediaFile
from keva.ticket.v1 import message_pb2, saved_reply_service_pb2, ticket_service_pb2, workspace_service_pb2
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person

# `ran` is the test's.
_MARKUP = "\"'><script>ran()</script><img src=x onerror=ran()>{{7*7}} "
_LONGER = "</textarea></title></template>--><svg onload=ran()> javascript:ran() " + _MARKUP
_SHORTER = '"><img src=x onerror=ran()>'
_LONG = ("text", "note", "draft", "reply", "saved text", "customer note")
_SHORT = ("tag", "sender")
# All that can be filled in, by whom.
STRANGERS = ("text", "city", "sender", "card name", "card company")
COLLEAGUES = (
    *("customer name", "customer note", "block reason", "consent reason", "subject", "tag", "note", "draft"),
    *("reply", "saved title", "saved text", "agent name", "workspace name", "number name"),
)


def evil(field: str) -> str:
    """What stands in the field. It ends with the field's name, by which one sees that it is shown."""
    markup = _LONGER if field in _LONG else _SHORTER if field in _SHORT else _MARKUP
    return markup + field.replace(" ", "-")


@dataclass(frozen=True)
class Evil:
    """Its number and its account, the ticket that has everything, and where other things are."""

    desk: Desk
    eve: Person
    ticket: ticket_service_pb2.Ticket
    media_id: str
    blocked_id: str

    @property
    def workspace_id(self) -> str:
        """Where it all is."""
        return self.desk.channel.workspace_id


async def evil_workspace(running: RunningStack, sign_in: SignIn) -> Evil:
    """One of each field."""
    workspace_id = await _workspace(running)
    desk = await running.open_desk(workspace_id=workspace_id, display_name=evil("number name"))
    eve = await sign_in("eve", workspaces=(workspace_id,), display_name=evil("agent name"))
    blocked = new_number()
    media_id = await _strangers(desk, blocked)
    ticket, unwanted = await desk.ticket(desk.customer), await desk.ticket(blocked)
    await _post_all(eve, workspace_id, _forms(ticket, unwanted))
    return Evil(desk, eve, ticket, media_id, unwanted.customer_id)


async def _workspace(running: RunningStack) -> str:
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=ORGANIZATION, display_name=evil("workspace name")
    )
    workspace_id = (await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)).workspace.workspace_id
    escaped = evil("saved text").replace("{", "{{").replace("}", "}}")
    saved = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id=workspace_id, shortcut="evil", title=evil("saved title"), text=escaped
    )
    await running.clients.saved_replies.CreateSavedReply(saved)
    return workspace_id


async def _strangers(desk: Desk, blocked: str) -> str:
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"FN:{evil('card name')}", f"ORG:{evil('card company')}", "END:VCARD", "")
    place = {"FromCity": evil("city"), "FromState": "WA", "FromCountry": "US"}
    await desk.text(evil("text"), params=place, media=[MediaFile("text/vcard", "\r\n".join(lines).encode())])
    await desk.text("blocked soon", blocked)
    await desk.post({"From": evil("sender"), "Body": "from no number"})
    async with asyncio.timeout(60):
        while True:
            media = [one for message in await desk.messages(await desk.ticket(desk.customer)) for one in message.media]
            if [one.state for one in media] == [message_pb2.MEDIA_STATE_STORED]:
                return media[0].media_id
            await asyncio.sleep(0.05)


def _forms(ticket: ticket_service_pb2.Ticket, unwanted: ticket_service_pb2.Ticket) -> list[tuple[str, dict[str, str]]]:
    at, customer, other = f"/t/{ticket.number}", f"/c/{ticket.customer_id}", f"/c/{unwanted.customer_id}"
    return [
        (f"{customer}/edit", {"display_name": evil("customer name"), "city": evil("city")}),
        (f"{customer}/notes", {"known": evil("customer note"), "request_id": "evil"}),
        (f"{other}/consent", {"no_texts": "yes", "reason": evil("consent reason")}),
        (f"{other}/block", {"reason": evil("block reason")}),
        (f"{at}/subject", {"subject": evil("subject")}),
        (f"{at}/tags", {"add": evil("tag")}),
        (f"{at}/reply", {"text": evil("reply"), "request_id": "evil reply", "do": "send"}),
        (f"{at}/note", {"note": evil("note"), "request_id": "evil note"}),
        (f"{at}/draft", {"kind": "reply", "text": evil("draft")}),
    ]


async def _post_all(eve: Person, workspace_id: str, forms: list[tuple[str, dict[str, str]]]) -> None:
    for path, fields in forms:
        answer = await eve.post(f"{path}?workspace={workspace_id}", fields)
        assert answer.status == 200, f"{path}: {answer.text}"
