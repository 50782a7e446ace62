"""Every RPC of the running services, called with every identity: allowed or refused, as it is written here.

The table is the tests' own, not read from the policy: a change of the policy has to be made twice, and on purpose.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf import message_factory
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from dev.local_stack.accounts import ORGANIZATION
from dev.local_stack.certificates import Authority
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2, workspace_service_pb2
from servicekit.errors import KevaError
from servicekit.rpc.certificates import AUTHORITIES, CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.identity import server_name
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.servicekit.rpc.test_caller_checks import full_name, rpcs

SERVICES = {"ticket": "ticket_service", "sms": "sms_service", "credentials": "credentials_service"} | {
    "responder": "responder_service",
    "console": "console",
}
PEOPLE = "operator"
# For operators alone, and no agent: what concerns all organizations.
OPERATORS_ONLY = {"CredentialsService/ListKeys", "CredentialsService/RotateKeys"}
# For operators and those for whom they act: the console does it without an RPC.
WITHOUT_CONSOLE = {"ConsoleService/CreateSignInLink", "ConsoleService/EndSessions"}
# The least role of an agent for whom it is called. All others need an administrator.
VIEWERS = {
    *("TicketService/GetTicket", "TicketService/ListTickets", "TicketService/GetMessage", "TicketService/ListMessages"),
    *("TicketService/GetCustomer", "TicketService/ListCustomers", "TicketService/ListTags"),
    *("TicketService/ListScheduledMessages", "TicketService/CountTickets", "TicketService/MarkTicketRead"),
    *("TicketService/MarkTicketUnread", "TicketService/GetSuggestions", "TicketService/ListUnansweredQuestions"),
    "TicketService/GetArticle",
    *("WorkspaceService/GetWorkspace", "WorkspaceService/ListWorkspaces"),
    *("ChannelService/GetChannel", "ChannelService/ListChannels"),
    *("AgentService/GetAgent", "AgentService/ListAgents", "AuditService/ListAuditRecords"),
    "AgentService/SetAgentName",
    *("EventService/WatchEvents", "EventService/ListEvents"),
    *("ReportService/GetReport", "ReportService/ListTicketReportRows"),
    *("SavedReplyService/GetSavedReply", "SavedReplyService/ListSavedReplies", "SavedReplyService/RenderSavedReply"),
    *("SmsService/GetMedia", "TicketService/ListCustomerNotes", "TicketService/ListTextsWithoutTicket"),
}
AGENTS = {
    *("TicketService/ReplyToTicket", "TicketService/SuggestReply", "TicketService/StartConversation"),
    *("TicketService/DismissQuestions", "TicketService/DismissSuggestions"),
    *("TicketService/CancelScheduledMessage", "TicketService/RetryReply", "TicketService/AddNote"),
    *("TicketService/UpdateTicket", "TicketService/AssignTicket", "TicketService/ResolveTicket"),
    *("TicketService/ReopenTicket", "TicketService/CloseTicket", "TicketService/SnoozeTicket"),
    *("TicketService/UnsnoozeTicket", "TicketService/AddTags", "TicketService/RemoveTags"),
    *("TicketService/BatchUpdateTickets", "TicketService/UpdateCustomer", "TicketService/SetConsent"),
    *("TicketService/BlockCustomer", "TicketService/UnblockCustomer", "AgentService/SetAgentAvailability"),
    *("SavedReplyService/CreateSavedReply", "SavedReplyService/UpdateSavedReply"),
    *("SavedReplyService/DeleteSavedReply", "TicketService/AddCustomerNote", "TicketService/DeleteCustomerNote"),
}
ANY_ROLE = {"ResponderService/GetResponder"}
# Who besides people, or instead of them, may call what. Everything that is not here is for people alone.
SERVICES_ONLY = {
    "TicketService/IngestMessages": {"gateway", "sms_service"},
    "TicketService/FindMissingMessages": {"sms_service"},
    "TicketService/RecordMedia": {"sms_service"},
    "TicketService/RecordDelivery": {"gateway", "sms_service"},
    "ChannelService/ListSubscribedNumbers": {"sms_service"},
    "AuditService/AppendAuditRecords": {"credentials_service", "sms_service", "console"},
    "AgentService/CheckAgent": {"credentials_service", "sms_service", "console"},
    "AgentService/FindAgents": {"console"},
    "SmsService/VerifyInboundMessages": {"gateway"},
    "SmsService/VerifyDeliveryCallbacks": {"gateway"},
    "SmsService/SendMessage": {"ticket_service"},
    "SmsService/EraseMessages": {"ticket_service"},
    "CredentialsService/AccessCredential": {"sms_service"},
    "CredentialsService/CreateCredential": {"sms_service"},
    "CredentialsService/AddCredentialVersion": {"sms_service"},
    "CredentialsService/ReplaceAuthToken": {"sms_service"},
    "CredentialsService/DisableCredentialVersion": {"sms_service"},
    "CredentialsService/AddSharedKey": {"sms_service"},
    "CredentialsService/DeleteSharedKey": {"sms_service"},
    "CredentialsService/DeleteCredential": {"sms_service"},
    "ResponderService/DraftReply": {"ticket_service"},
    "ResponderService/GetArticle": {"ticket_service"},
}
PEOPLE_AND = {
    "SmsService/ListTwilioAccounts": {"ticket_service"},
    "SmsService/ListPhoneNumbers": {"ticket_service"},
    "CredentialsService/GetCredential": {"sms_service"},
    "CredentialsService/ListCredentials": {"sms_service"},
    "ResponderService/GetResponder": {"ticket_service"},
}
# What a program of one organization's may call.
PROGRAMS = {
    "TicketService/CountTickets",
    *("TicketService/GetTicket", "TicketService/ListTickets", "TicketService/GetMessage", "TicketService/ListMessages"),
    *("TicketService/GetCustomer", "TicketService/ListCustomers", "TicketService/ReplyToTicket"),
    *("TicketService/StartConversation", "WorkspaceService/GetWorkspace", "WorkspaceService/ListWorkspaces"),
    *("ChannelService/GetChannel", "ChannelService/ListChannels", "SmsService/GetMedia"),
    *("EventService/WatchEvents", "EventService/ListEvents"),
}
CONSOLE = "console"
# What it may call without naming an agent.
AS_ITSELF = {
    *("EventService/WatchEvents", "EventService/ListEvents"),
    *("AgentService/CheckAgent", "AgentService/FindAgents", "AuditService/AppendAuditRecords"),
}
# With a certificate of the same authority, and a name that nobody has been given rights for. A program of no
# organization's is nobody, either.
STRANGERS = ("any", "integration")
BOUND, PROGRAM = "operator/globex", "integration/globex"
IDENTITIES = ("gateway", *SERVICES.values(), PEOPLE, *STRANGERS, BOUND, PROGRAM)


def allowed(rpc: str) -> set[str]:
    """Who may call it."""
    name = rpc.rpartition("v1.")[2]
    if name in SERVICES_ONLY:
        return SERVICES_ONLY[name]
    people = {PEOPLE, BOUND} if name in OPERATORS_ONLY | WITHOUT_CONSOLE else {PEOPLE, BOUND, CONSOLE}
    return people | PEOPLE_AND.get(name, set()) | ({PROGRAM} if name in PROGRAMS else set())


def needed(rpc: str) -> str:
    """The least role of an agent for whom it is called; empty: no agent gets it."""
    name = rpc.rpartition("v1.")[2]
    if name in SERVICES_ONLY or name in OPERATORS_ONLY:
        return ""
    return "VIEWER" if name in VIEWERS | ANY_ROLE else "AGENT" if name in AGENTS else "ADMINISTRATOR"


class Callers:
    """Channels to all services with every identity."""

    def __init__(self, running: RunningStack, closing: AsyncExitStack) -> None:
        self._stack = running.stack
        self._closing = closing
        self._channels: dict[tuple[str, str], grpc.aio.Channel] = {}
        tls = self._stack.state.tls
        self._authority = Authority.open(tls / "ca")
        for name in STRANGERS:
            self._authority.issue(tls / name, name)
        for name in (BOUND, PROGRAM):
            caller, organization_id = name.split("/")
            self._authority.issue(tls / name, caller, organization_id)

    def channel(self, identity: str, service: str) -> grpc.aio.Channel:
        """To `service`, with that identity's certificate."""
        if (identity, service) not in self._channels:
            certificates = CertificateFolder(self._stack.state.tls / identity)
            channel = open_channel(self._stack.layout.address(service), service, certificates, deadline_seconds=20)
            self._closing.push_async_callback(channel.close)
            self._channels[identity, service] = channel
        return self._channels[identity, service]

    async def refusal(self, identity: str, method: Any, agent_id: str = "", **named: str) -> KevaError | None:
        """What a request is answered that names nothing but `named`, unless it is answered well."""
        rpc = full_name(method)
        service = SERVICES[rpc.split(".")[1]]
        request, response = (
            message_factory.GetMessageClass(method.input_type),
            message_factory.GetMessageClass(method.output_type),
        )
        channel, forms = self.channel(identity, service), (request.SerializeToString, response.FromString)
        metadata = ((ACTOR_METADATA, f"agent:{agent_id}"),) if agent_id else None
        fields = {name: value for name, value in named.items() if name in request.DESCRIPTOR.fields_by_name}
        try:
            if method.server_streaming:
                stream: Any = channel.unary_stream(f"/{rpc}", *forms)(request(**fields), metadata=metadata)
                await stream.read()
                stream.cancel()
            else:
                await channel.unary_unary(f"/{rpc}", *forms)(request(**fields), metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return as_keva_error(error)
        return None


@pytest_asyncio.fixture(scope="module")
async def callers(running: RunningStack) -> AsyncIterator[Callers]:
    """One for the file: the channels are used again."""
    async with AsyncExitStack() as closing:
        yield Callers(running, closing)


@pytest.mark.parametrize("method", rpcs(), ids=lambda method: full_name(method).removeprefix("keva."))
async def test_rpc_is_open_to_those_who_need_it_and_closed_to_everybody_else(callers: Callers, method: Any) -> None:
    may = allowed(full_name(method))

    answers = await asyncio.gather(*(callers.refusal(identity, method) for identity in IDENTITIES))

    refused = {
        identity
        for identity, error in zip(IDENTITIES, answers, strict=True)
        if error is not None and error.reason == "CALLER_NOT_ALLOWED"
    }
    assert refused == set(IDENTITIES) - may
    # The calls name no organization, which somebody bound to one must do, and the console no agent.
    for identity, reason in (
        (BOUND, "TENANT_NOT_ALLOWED"),
        (PROGRAM, "TENANT_NOT_ALLOWED"),
        (CONSOLE, "ACTOR_REQUIRED"),
    ):
        answer = answers[IDENTITIES.index(identity)]
        assert answer is not None
        if identity == CONSOLE and full_name(method).rpartition("v1.")[2] in AS_ITSELF:
            # What is wrong with the request is said by whom it was for, not at the door.
            assert answer.reason not in REFUSALS
        else:
            assert answer.reason == (reason if identity in may else "CALLER_NOT_ALLOWED")


REFUSALS = {"AGENT_NOT_FOUND", "AGENT_INACTIVE", "ROLE_NOT_ALLOWED", "WORKSPACE_NOT_ALLOWED", "CALLER_NOT_ALLOWED"} | {
    "ACTOR_REQUIRED",
    "TENANT_NOT_ALLOWED",
    "ACTOR_NOT_ALLOWED",
}
ROLES = ("VIEWER", "AGENT", "ADMINISTRATOR")


@dataclass(frozen=True)
class Staff:
    """Agents of every kind, and two workspaces of their organization and one of another."""

    agents: Mapping[str, str]
    workspace: str
    next_door: str
    elsewhere: str

    def named(self, workspace: str, organization_id: str = ORGANIZATION) -> dict[str, str]:
        """What a request names: ids that there are not, so that nothing is changed by who may."""
        return {"organization_id": organization_id, "workspace_id": workspace}


@pytest_asyncio.fixture(scope="module")
async def staff(running: RunningStack) -> Staff:
    """One agent per role, one who left, and an administrator of somewhere else."""
    clients, mark = running.clients, secrets.token_hex(4)

    async def workspace(organization_id: str) -> str:
        request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=organization_id, display_name="Here")
        return (await clients.workspaces.CreateWorkspace(request)).workspace.workspace_id

    async def agent(name: str, role: str, organization_id: str, *workspaces: str) -> str:
        request = agent_service_pb2.CreateAgentRequest(
            organization_id=organization_id,
            email=f"{name}-{mark}@example.com",
            role=agent_service_pb2.AgentRole.Value(f"AGENT_ROLE_{role}"),
            workspace_ids=workspaces,
        )
        return (await clients.agents.CreateAgent(request)).agent.agent_id

    here, there, elsewhere = [await workspace(name) for name in (ORGANIZATION, ORGANIZATION, "globex")]
    agents = {role: await agent(role.lower(), role, ORGANIZATION, here) for role in ROLES}
    agents["GONE"] = await agent("gone", "ADMINISTRATOR", ORGANIZATION)
    gone = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=agents["GONE"])
    await clients.agents.DeactivateAgent(gone)
    agents["STRANGER"] = await agent("stranger", "ADMINISTRATOR", "globex")
    return Staff(agents, here, there, elsewhere)


@pytest.mark.parametrize("caller", [PEOPLE, CONSOLE])
@pytest.mark.parametrize("method", rpcs(), ids=lambda method: full_name(method).removeprefix("keva."))
async def test_rpc_is_open_to_agents_of_the_role_it_needs(
    callers: Callers, staff: Staff, method: Any, caller: str
) -> None:
    """Who may gets past the door: to what is wrong with a request that names nothing else."""
    role, name = needed(full_name(method)), full_name(method).rpartition("v1.")[2]
    if not role or (caller == CONSOLE and name in WITHOUT_CONSOLE):
        return
    kinds = (*ROLES, "GONE", "STRANGER")

    answers = await asyncio.gather(
        *(callers.refusal(caller, method, staff.agents[kind], **staff.named(staff.workspace)) for kind in kinds)
    )

    refused = {
        kind: error.reason for kind, error in zip(kinds, answers, strict=True) if error and error.reason in REFUSALS
    }
    if name in ANY_ROLE:
        assert refused == {}
        return
    less = dict.fromkeys(ROLES[: ROLES.index(role)], "ROLE_NOT_ALLOWED")
    assert refused == {**less, "GONE": "AGENT_INACTIVE", "STRANGER": "AGENT_NOT_FOUND"}


OF_WORKSPACES = [m for m in rpcs() if "workspace_id" in m.input_type.fields_by_name and needed(full_name(m))]


@pytest.mark.parametrize("method", OF_WORKSPACES, ids=lambda method: full_name(method).removeprefix("keva."))
async def test_rpc_is_open_to_agents_in_their_own_workspaces_alone(callers: Callers, staff: Staff, method: Any) -> None:
    kinds = [kind for kind in ROLES if ROLES.index(kind) >= ROLES.index(needed(full_name(method)))]

    for kind in kinds:
        next_door, elsewhere = await asyncio.gather(
            callers.refusal(CONSOLE, method, staff.agents[kind], **staff.named(staff.next_door)),
            callers.refusal(CONSOLE, method, staff.agents[kind], **staff.named(staff.elsewhere, "globex")),
        )
        assert elsewhere is not None
        assert elsewhere.reason == "AGENT_NOT_FOUND"
        reason = next_door.reason if next_door and next_door.reason in REFUSALS else ""
        assert reason == ("" if kind == "ADMINISTRATOR" else "WORKSPACE_NOT_ALLOWED")


@pytest.mark.parametrize("identity", IDENTITIES)
@pytest.mark.parametrize("service", SERVICES.values())
async def test_health_is_told_to_whoever_has_a_certificate(callers: Callers, identity: str, service: str) -> None:
    check = callers.channel(identity, service).unary_unary(
        "/grpc.health.v1.Health/Check",
        request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
        response_deserializer=health_pb2.HealthCheckResponse.FromString,
    )

    answer: health_pb2.HealthCheckResponse = await check(health_pb2.HealthCheckRequest())

    assert answer.status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize("identity", IDENTITIES)
async def test_what_there_is_to_call_is_told_to_operators_alone(callers: Callers, identity: str) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(callers.channel(identity, "ticket_service"))
    call: Any = stub.ServerReflectionInfo(timeout=90)

    if not identity.startswith(PEOPLE):
        assert await call.code() == grpc.StatusCode.PERMISSION_DENIED
        return
    await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    assert "keva.ticket.v1.TicketService" in str(await call.read())
    call.cancel()


async def test_an_address_without_a_certificate_gives_nothing(running: RunningStack) -> None:
    """No TLS, TLS without a certificate, and one of an authority that nobody trusts, at each service's port."""
    folder = running.stack.state.path / "somebody else's"
    Authority.create("somebody else's").issue(folder, PEOPLE)
    theirs = CertificateFolder(folder).current()
    ours = (running.stack.state.tls / PEOPLE / AUTHORITIES).read_bytes()
    strangers = [None, grpc.ssl_channel_credentials(ours), grpc.ssl_channel_credentials(ours, theirs.key, theirs.chain)]

    for name, service in SERVICES.items():
        for credentials in strangers:
            assert await _code(running.stack.layout.address(service), name, credentials) == grpc.StatusCode.UNAVAILABLE


async def _code(address: str, name: str, credentials: grpc.ChannelCredentials | None) -> grpc.StatusCode:
    options = (("grpc.ssl_target_name_override", server_name(SERVICES[name])), ("grpc.enable_retries", 0))
    channel = (
        grpc.aio.insecure_channel(address, options=options)
        if credentials is None
        else grpc.aio.secure_channel(address, credentials, options=options)
    )
    async with channel:
        try:
            call: Any = channel.unary_unary("/keva.ticket.v1.TicketService/GetTicket")
            await call(b"", timeout=90)
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK
