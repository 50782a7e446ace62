"""A workspace in which there is one of everything that an address can name, and people from everywhere."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from console.static_files import StaticFiles
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from dev.twilio_simulator.client import MediaFile
from keva.ticket.v1 import (
    agent_service_pb2,
    customer_note_pb2,
    message_pb2,
    saved_reply_service_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person
from tests.e2e.console.routes.visitors import Visitor
from tests.e2e.console.stranger import new_link

VIEWER, AGENT = agent_service_pb2.AGENT_ROLE_VIEWER, agent_service_pb2.AGENT_ROLE_AGENT
ADMINISTRATOR = agent_service_pb2.AGENT_ROLE_ADMINISTRATOR
ELSEWHERE = "globex"
# Words that nobody else may read: a text, the customer's name, a note about them, a saved reply, a number's name.
SECRETS = ("canary-text", "canary-name", "canary-note", "canary-saved", "canary-channel")
_CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:canary-name\r\nEND:VCARD\r\n"

_WORDS = {"view": "all", "key_id": "canary-key", "name": StaticFiles().url("console.css").removeprefix("/assets/")}


async def new_workspace(running: RunningStack, organization_id: str = ORGANIZATION) -> str:
    """A workspace of its own, by its id."""
    request = workspace_service_pb2.CreateWorkspaceRequest(
        organization_id=organization_id, display_name=f"Routes {uuid.uuid4().hex[:6]}"
    )
    return (await running.clients.workspaces.CreateWorkspace(request, metadata=OPERATOR)).workspace.workspace_id


@dataclass(frozen=True)
class Surroundings:
    """`visitors` by who they are; `names` are what addresses name in braces."""

    running: RunningStack
    desk: Desk
    visitors: Mapping[str, Visitor]
    names: Mapping[str, str]

    async def named(self, template: str) -> dict[str, str]:
        """What the address of something that is there has in braces. What can be done to a thing once only is done to
        a new one."""
        names = {**self.names, "request_id": str(uuid.uuid4()), "customer": new_number()}
        if "{note_id}" in template:
            names["note_id"] = await _note(self.desk, names["customer_id"])
        if template.endswith(("/close", "/forget")):
            names |= await _ticket(self.desk, new_number())
        if template.endswith(("/deactivate", "/reactivate")):
            names["agent_id"] = (await _colleague(self.running)).agent_id
        if "{secret" in template:
            names["secret"] = (await new_link(self.running, await _colleague(self.running))).rpartition("/")[2]
        return names


@asynccontextmanager
async def surroundings(running: RunningStack, sign_in: SignIn) -> AsyncIterator[Surroundings]:
    """One of everything."""
    workspace_id = await new_workspace(running)
    desk = await running.open_desk(workspace_id=workspace_id, display_name="canary-channel")
    people = await _people(running, sign_in, workspace_id)
    # Each request has the cookies that it brings, and keeps none.
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        visitors = {name: Visitor(running.stack.console_url, http, person) for name, person in people.items()}
        yield Surroundings(running, desk, visitors, await _names(running, desk))
    await desk.close()


async def _people(running: RunningStack, sign_in: SignIn, workspace_id: str) -> dict[str, Person | None]:
    outside, abroad = await new_workspace(running), await new_workspace(running, ELSEWHERE)
    return {
        "nobody": None,
        "viewer": await sign_in("vera", VIEWER, workspaces=(workspace_id,)),
        "outsider": await sign_in("otto", AGENT, workspaces=(outside,)),
        "stranger": await sign_in("gus", ADMINISTRATOR, organization_id=ELSEWHERE, workspaces=(abroad,)),
        "agent": await sign_in("ann", AGENT, workspaces=(workspace_id,)),
        "administrator": await sign_in("dana", ADMINISTRATOR, workspaces=(workspace_id,)),
    }


async def _names(running: RunningStack, desk: Desk) -> dict[str, str]:
    ticket = await _ticket(desk, desk.customer, MediaFile("text/vcard", _CARD))
    saved = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id=desk.channel.workspace_id, shortcut="canary", text="canary-saved"
    )
    reply = (await running.clients.saved_replies.CreateSavedReply(saved)).saved_reply
    account = {
        "account_sid": desk.account.account_sid,
        "channel_id": desk.channel.channel_id,
        "phone_number": desk.account.phone_number,
    }
    agent = {"agent_id": (await _colleague(running)).agent_id}
    rest = {**await _media(desk), "saved": reply.saved_reply_id, **_WORDS}
    return {**ticket, **account, **agent, **rest, "workspace": desk.channel.workspace_id}


async def _ticket(desk: Desk, customer: str, *media: MediaFile) -> dict[str, str]:
    await desk.text("canary-text", customer, media=list(media))
    ticket = await desk.ticket(customer)
    request = ticket_service_pb2.UpdateCustomerRequest(workspace_id=ticket.workspace_id)
    request.customer.customer_id, request.customer.display_name = ticket.customer_id, "canary-name"
    request.update_mask.paths.append("display_name")
    await desk.clients.tickets.UpdateCustomer(request, metadata=await desk.clients.as_agent())
    return {"number": str(ticket.number), "customer_id": ticket.customer_id, "ticket_id": ticket.ticket_id}


async def _note(desk: Desk, customer_id: str) -> str:
    request = customer_note_pb2.AddCustomerNoteRequest(
        workspace_id=desk.channel.workspace_id,
        customer_id=customer_id,
        text="canary-note",
        request_id=str(uuid.uuid4()),
    )
    added = await desk.clients.tickets.AddCustomerNote(request, metadata=await desk.clients.as_agent())
    return str(added.note.customer_note_id)


async def _colleague(running: RunningStack) -> agent_service_pb2.Agent:
    request = Person.invitation(ORGANIZATION, "colin", AGENT, ())
    return (await running.clients.agents.CreateAgent(request, metadata=OPERATOR)).agent


async def _media(desk: Desk) -> dict[str, str]:
    async with asyncio.timeout(60):
        while True:
            for message in await desk.messages(await desk.ticket(desk.customer)):
                if message.media and message.media[0].state == message_pb2.MEDIA_STATE_STORED:
                    return {"message_id": message.message_id, "media_id": message.media[0].media_id}
            await asyncio.sleep(0.05)
