"""Every RPC that names a tenant, called for another organization and for another workspace with the ids of the first:
nothing is told, and nothing changes."""

import asyncio
import dataclasses
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf import json_format, message_factory
from google.protobuf.message import Message

from dev.local_stack.accounts import ORGANIZATION, WORKSPACE
from dev.local_stack.certificates import Authority
from dev.local_stack.desk import Desk, RunningStack
from dev.twilio_simulator.client import MediaFile
from keva.console.v1 import console_service_pb2
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    customer_import_pb2,
    customer_note_pb2,
    message_pb2,
    question_pb2,
    report_service_pb2,
    saved_reply_service_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from servicekit.errors import AlreadyExists, FailedPrecondition, KevaError, NotFound, PermissionDenied
from servicekit.rpc import rpc_policy
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.servicekit.rpc.test_caller_checks import full_name, rpcs

OTHER = "globex"
SERVICES = {
    "ticket": "ticket_service",
    "sms": "sms_service",
    "credentials": "credentials_service",
    "console": "console",
}
# Stateless: it is given all that it knows with the request.
WALKED = [method for method in rpcs() if "responder" not in full_name(method)]
POLICY = rpc_policy.load()
OF_TENANTS = [method for method in WALKED if full_name(method) not in POLICY.of_no_tenant]
MASKS = {"UpdateTicket": "subject", "UpdateCustomer": "display_name", "UpdateChannel": "display_name"} | {
    "UpdateWorkspace": "display_name",
    "UpdateAgent": "display_name",
    "UpdateSavedReply": "title",
}
# What makes something new, of the caller's own, or adds to what is its own.
MAKES_ITS_OWN = {"CreateWorkspace", "CreateAgent", "CreateSavedReply", "AppendAuditRecords", "ImportCustomers"}


# What has a form of its own, and is nobody's.
NOBODYS = {
    "media_url": "https://example.com/picture.png",
    "email": "new@example.com",
    "audit_record_id": "aud_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "request_id": "",
    "action": "credential.created",
    "region": "US",
    "type": "message.received",
    "from_date": "2026-01-01",
    "to_date": "2026-01-31",
}


@dataclasses.dataclass
class World:
    """The first organization's things, and somebody of another one, and of another workspace, who wants them."""

    desk: Desk
    ids: Mapping[str, str]
    private: tuple[str, ...]
    elsewhere: Mapping[str, str]
    next_door: Mapping[str, str]
    channels: dict[tuple[str, str], grpc.aio.Channel]
    # An administrator of each organization, who asks.
    mallory: Mapping[str, str]
    # What was there when somebody looked last, and what was called since then.
    seen: str = ""
    called: list[str] = dataclasses.field(default_factory=list)

    async def call(self, method: Any, identity: str, tenant: Mapping[str, str]) -> Message | KevaError:
        """The answer to a request for `tenant` that names all of the first organization's ids."""
        request: Any = message_factory.GetMessageClass(method.input_type)()
        if method.containing_service.name == "WorkspaceService":
            tenant = {"organization_id": tenant["organization_id"]}
        fill(request, {**self.ids, **tenant})
        for view in getattr(request, "views", ()):
            # What is counted is not searched.
            view.ClearField("text")
        if method.name in MASKS:
            request.update_mask.paths.append(MASKS[method.name])
        response = message_factory.GetMessageClass(method.output_type)
        rpc = full_name(method)
        channel = self.channels[identity, SERVICES[rpc.split(".")[1]]]
        forms = {"request_serializer": type(request).SerializeToString, "response_deserializer": response.FromString}
        streams = method.server_streaming
        call = _first_of_stream(channel, f"/{rpc}", **forms) if streams else channel.unary_unary(f"/{rpc}", **forms)
        agent_id = self.mallory[OTHER if identity.endswith(OTHER) else ORGANIZATION]
        named = ((ACTOR_METADATA, f"agent:{agent_id}"),) if identity.startswith("operator") else None
        try:
            answer: Message = await call(request, metadata=named, timeout=90)
        except grpc.aio.AioRpcError as error:
            return as_keva_error(error)
        return answer

    async def changed_by(self, method: Any) -> str:
        """Which calls have changed something of the first workspace, the one of `method` the last of them. It is looked
        for behind every tenth: to look takes ten times as long as to call."""
        self.called.append(full_name(method))
        return await self.changed() if len(self.called) == 10 else ""

    async def changed(self) -> str:
        """Which calls since the last look have changed something: empty when none has."""
        before, called = self.seen, self.called
        self.seen, self.called = await self._state(), []
        return "" if self.seen == before else f"one of {called}: {before} is now {self.seen}"

    async def _state(self) -> str:
        """All that the first workspace holds."""
        tickets = await self.desk.tickets()
        messages = [await self.desk.messages(ticket) for ticket in tickets]
        clients = self.desk.clients
        customer = await clients.tickets.GetCustomer(
            ticket_service_pb2.GetCustomerRequest(workspace_id=WORKSPACE, customer_id=tickets[0].customer_id)
        )
        notes = await clients.tickets.ListCustomerNotes(
            customer_note_pb2.ListCustomerNotesRequest(workspace_id=WORKSPACE, customer_id=tickets[0].customer_id)
        )
        channel = await clients.channels.GetChannel(
            channel_service_pb2.GetChannelRequest(organization_id=ORGANIZATION, channel_id=self.desk.channel.channel_id)
        )
        workspace = await clients.workspaces.GetWorkspace(
            workspace_service_pb2.GetWorkspaceRequest(organization_id=ORGANIZATION, workspace_id=WORKSPACE)
        )
        trail = await clients.audit.ListAuditRecords(
            audit_service_pb2.ListAuditRecordsRequest(
                organization_id=ORGANIZATION, ticket_id=tickets[0].ticket_id, page_size=200
            )
        )
        accounts = await clients.sms.ListTwilioAccounts(
            sms_service_pb2.ListTwilioAccountsRequest(organization_id=ORGANIZATION, page_size=200)
        )
        agents = await clients.agents.ListAgents(
            agent_service_pb2.ListAgentsRequest(organization_id=ORGANIZATION, show_deactivated=True)
        )
        return str([tickets, messages, customer, notes, channel, workspace, trail, accounts, agents])


def _first_of_stream(channel: grpc.aio.Channel, rpc: str, **forms: Any) -> Any:
    """A call for the first message of an answer that never ends."""

    async def call(request: Any, **options: Any) -> Any:
        stream: Any = channel.unary_stream(rpc, **forms)(request, **options)
        try:
            return await stream.read()
        finally:
            stream.cancel()

    return call


def fill(message: Message, values: Mapping[str, str]) -> None:
    """Sets every field: what `values` names, and else something that looks right."""
    for field in message.DESCRIPTOR.fields:
        if field.name in ("update_mask", "page_token", "page_size", "resume_token", "query") or (
            field.message_type is not None
            and (
                field.message_type.GetOptions().map_entry or field.message_type.full_name.startswith("google.protobuf")
            )
        ):
            continue
        if field.message_type is not None:
            inner = getattr(message, field.name)
            fill(inner.add() if field.is_repeated else inner, values)
        elif field.type == field.TYPE_STRING:
            value = values.get(field.name.removesuffix("s") if field.is_repeated else field.name, "x")
            _set(message, field, value)
        elif field.type in (field.TYPE_ENUM, field.TYPE_INT32, field.TYPE_INT64):
            # Of an assignee: an agent.
            _set(message, field, 3 if field.name == "kind" else 1)


def _set(message: Message, field: Any, value: Any) -> None:
    if field.is_repeated:
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


@pytest_asyncio.fixture(scope="module")
async def world(running: RunningStack) -> AsyncIterator[World]:
    """A conversation with a picture, in the organization `default`."""
    desk = await running.open_desk()
    await desk.text("my secret order", media=[MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + bytes(100))])
    ticket = await desk.ticket()
    reply = await desk.until_delivery(await desk.reply(ticket, "our secret answer"))
    text = await _with_its_picture(desk)
    ids = {
        "organization_id": ORGANIZATION,
        "workspace_id": WORKSPACE,
        "ticket_id": ticket.ticket_id,
        "customer_id": ticket.customer_id,
        "channel_id": desk.channel.channel_id,
        "message_id": reply.message_id,
        "account_sid": desk.account.account_sid,
        "auth_token": desk.account.auth_token,
        "phone_number": desk.account.phone_number,
        "from_address": desk.account.phone_number,
        "channel_address": desk.account.phone_number,
        "to_address": desk.customer,
        "customer_address": desk.customer,
        "address": desk.customer,
        "customer": ticket.customer_id,
        "twilio_message_sid": text.twilio_message_sid,
        "media_id": text.media[0].media_id or "med_none",
        "url": text.media[0].url,
        "agent_id": await _administrator(running, ORGANIZATION, "victim"),
        "saved_reply_id": await _saved_reply(running),
        "customer_note_id": await _customer_note(running, ticket.customer_id),
        **NOBODYS,
    }
    private = ("secret", ticket.ticket_id, ticket.customer_id, reply.message_id, desk.customer, desk.channel.channel_id)
    async with AsyncExitStack() as closing:
        channels = _channels(running, closing)
        elsewhere = {"organization_id": OTHER, "workspace_id": await _workspace(running, OTHER)}
        next_door = {"organization_id": ORGANIZATION, "workspace_id": await _workspace(running, ORGANIZATION)}
        mallory = {name: await _administrator(running, name, "mallory") for name in (ORGANIZATION, OTHER)}
        world = World(desk, ids, private, elsewhere, next_door, channels, mallory)
        await world.changed()
        yield world
        assert await world.changed() == ""


async def _with_its_picture(desk: Desk) -> message_pb2.Message:
    """The customer's text, once nothing about it changes any more by itself."""
    async with asyncio.timeout(90):
        while True:
            messages = await desk.messages(await desk.ticket())
            text = next(message for message in messages if message.text == "my secret order")
            if text.media[0].state == message_pb2.MEDIA_STATE_STORED:
                return text
            await asyncio.sleep(0.05)


async def _saved_reply(running: RunningStack) -> str:
    request = saved_reply_service_pb2.CreateSavedReplyRequest(
        workspace_id=WORKSPACE, shortcut=f"s{secrets.token_hex(4)}", title="Private", text="a secret answer"
    )
    return (await running.clients.saved_replies.CreateSavedReply(request)).saved_reply.saved_reply_id


async def _customer_note(running: RunningStack, customer_id: str) -> str:
    request = customer_note_pb2.AddCustomerNoteRequest(
        workspace_id=WORKSPACE, customer_id=customer_id, text="a secret allergy"
    )
    return (await running.clients.tickets.AddCustomerNote(request)).note.customer_note_id


async def _administrator(running: RunningStack, organization_id: str, name: str) -> str:
    request = agent_service_pb2.CreateAgentRequest(
        organization_id=organization_id,
        email=f"{name}-{secrets.token_hex(4)}@example.com",
        role=agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
    )
    return (await running.clients.agents.CreateAgent(request)).agent.agent_id


async def _workspace(running: RunningStack, organization_id: str) -> str:
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=organization_id, display_name="Next door")
    return (await running.clients.workspaces.CreateWorkspace(request)).workspace.workspace_id


def _channels(running: RunningStack, closing: AsyncExitStack) -> dict[tuple[str, str], grpc.aio.Channel]:
    tls, layout = running.stack.state.tls, running.stack.layout
    bound = f"operator/{OTHER}"
    Authority.open(tls / "ca").issue(tls / bound, "operator", OTHER)
    channels = {}
    for identity in (bound, "operator", "gateway", *SERVICES.values()):
        for service in SERVICES.values():
            channel = open_channel(layout.address(service), service, CertificateFolder(tls / identity))
            closing.push_async_callback(channel.close)
            channels[identity, service] = channel
    return channels


def _who(method: Any, people: str) -> str:
    """Not the gateway, if others may call: what it brings without an attestation is refused before anything else. Nor
    the console, which records other actions than the one that is tried."""
    callers = POLICY.callers[full_name(method)]
    return people if "operator" in callers else min(callers - {"gateway", "console"} or callers)


def _tells(world: World, answer: Message | KevaError) -> list[str]:
    if isinstance(answer, ticket_service_pb2.BatchUpdateTicketsResponse):
        # Each outcome names the ticket that the request names.
        changed = [outcome for outcome in answer.outcomes if outcome.HasField("ticket")]
        answer = ticket_service_pb2.BatchUpdateTicketsResponse(outcomes=changed)
    if isinstance(answer, customer_import_pb2.ImportCustomersResponse):
        # Each names the number of its row.
        for outcome in answer.outcomes:
            outcome.ClearField("address")
    said = answer.message if isinstance(answer, KevaError) else json_format.MessageToJson(answer)
    # What the request itself held reveals nothing.
    return [private for private in world.private if private in said and not isinstance(answer, KevaError)]


def _changed_nothing(answer: Message | KevaError) -> bool:
    return isinstance(answer, NotFound | PermissionDenied | AlreadyExists | FailedPrecondition)


@pytest.mark.parametrize("method", OF_TENANTS, ids=lambda method: full_name(method).removeprefix("keva."))
async def test_ids_of_another_organization_lead_nowhere(world: World, method: Any) -> None:
    answer = await world.call(method, _who(method, f"operator/{OTHER}"), world.elsewhere)

    assert _tells(world, answer) == []
    assert await world.changed_by(method) == ""
    assert _changed_nothing(answer) or _is_empty(method, answer), answer


def _is_empty(method: Any, answer: Message | KevaError) -> bool:
    """A list of what the caller has itself, one refusal per item, or something of its own that it made."""
    if method.name in MAKES_ITS_OWN or method.name.startswith(("List", "Watch")):
        return isinstance(answer, Message)
    found: Any = True
    match answer:
        case ticket_service_pb2.IngestMessagesResponse():
            found = not all(outcome.HasField("refused") for outcome in answer.outcomes)
        case ticket_service_pb2.BatchUpdateTicketsResponse():
            found = not all(outcome.HasField("failure") for outcome in answer.outcomes)
        case ticket_service_pb2.CountTicketsResponse():
            found = any(counted.count for counted in answer.counts)
        case report_service_pb2.GetReportResponse():
            found = answer.rows
        case ticket_service_pb2.FindMissingMessagesResponse():
            found = answer.stored_times
        case question_pb2.DismissQuestionsResponse():
            found = answer.dismissed
        case console_service_pb2.EndSessionsResponse():
            found = answer.ended_sessions
        case sms_service_pb2.EraseMessagesResponse():
            found = answer.updates
    return not found


PEOPLES = [method for method in OF_TENANTS if "operator" in POLICY.callers[full_name(method)]]


@pytest.mark.parametrize("method", PEOPLES, ids=lambda method: full_name(method).removeprefix("keva."))
async def test_operators_of_an_organization_may_not_name_another_one(world: World, method: Any) -> None:
    named = {"organization_id": ORGANIZATION, "workspace_id": WORKSPACE}
    answer = await world.call(method, f"operator/{OTHER}", named)

    assert isinstance(answer, PermissionDenied)
    assert answer.reason == "TENANT_NOT_ALLOWED"
    assert await world.changed_by(method) == ""


OF_WORKSPACES = [
    method
    for method in OF_TENANTS
    if "workspace_id" in {field.name for field in method.input_type.fields}
    and "WorkspaceService" not in full_name(method)
    and {"ticket_id", "customer_id", "message_id", "ticket", "customer", "update"}
    & {field.name for field in method.input_type.fields}
    and method.name not in ("SendMessage", "DraftReply")
]


@pytest.mark.parametrize("method", OF_WORKSPACES, ids=lambda method: full_name(method).removeprefix("keva."))
async def test_ids_of_another_workspace_lead_nowhere(world: World, method: Any) -> None:
    answer = await world.call(method, _who(method, "operator"), world.next_door)

    assert _tells(world, answer) == []
    assert await world.changed_by(method) == ""
    assert isinstance(answer, NotFound) or _is_empty(method, answer), answer


async def test_the_same_calls_work_at_home(world: World) -> None:
    """Else the others would show nothing: they might fail because of how they ask."""
    method = next(m for m in OF_TENANTS if m.name == "GetTicket")
    home = {"organization_id": ORGANIZATION, "workspace_id": WORKSPACE}

    answer = await world.call(method, "operator", home)

    assert isinstance(answer, ticket_service_pb2.GetTicketResponse)
    assert answer.ticket.message_count == 2
