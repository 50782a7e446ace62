"""Every RPC of the running services, called with every identity: allowed or refused, as it is written here.

The table is the tests' own, not read from the policy: a change of the policy has to be made twice, and on purpose.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf import message_factory
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from dev.local_stack.certificates import Authority
from dev.local_stack.desk import RunningStack
from servicekit.errors import KevaError
from servicekit.rpc.certificates import AUTHORITIES, CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.servicekit.rpc.test_caller_checks import full_name, rpcs

SERVICES = {"ticket": "ticket_service", "sms": "sms_service", "credentials": "credentials_service"} | {
    "responder": "responder_service"
}
PEOPLE = "operator"
# Who besides people, or instead of them, may call what. Everything that is not here is for people alone.
SERVICES_ONLY = {
    "TicketService/IngestMessages": {"gateway", "sms_service"},
    "TicketService/FindMissingMessages": {"sms_service"},
    "TicketService/RecordMedia": {"sms_service"},
    "TicketService/RecordDelivery": {"gateway", "sms_service"},
    "ChannelService/ListSubscribedNumbers": {"sms_service"},
    "AuditService/AppendAuditRecords": {"credentials_service", "sms_service"},
    "AgentService/CheckAgent": {"credentials_service", "sms_service"},
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
}
PEOPLE_AND = {
    "TicketService/ReplyToTicket": {"integration"},
    "TicketService/StartConversation": {"integration"},
    "EventService/WatchEvents": {"integration"},
    "EventService/ListEvents": {"integration"},
    "SmsService/ListTwilioAccounts": {"ticket_service"},
    "SmsService/ListPhoneNumbers": {"ticket_service"},
    "CredentialsService/GetCredential": {"sms_service"},
    "CredentialsService/ListCredentials": {"sms_service"},
    "ResponderService/GetResponder": {"ticket_service"},
}
# With a certificate of the same authority, and a name that nobody has been given rights for.
STRANGERS = ("console", "any")
BOUND = "operator/globex"
IDENTITIES = ("gateway", *SERVICES.values(), PEOPLE, *STRANGERS, BOUND)


def allowed(rpc: str) -> set[str]:
    """Who may call it."""
    name = rpc.rpartition("v1.")[2]
    return SERVICES_ONLY.get(name) or {PEOPLE} | PEOPLE_AND.get(name, set())


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
        self._authority.issue(tls / "operator" / "globex", "operator", "globex")

    def channel(self, identity: str, service: str) -> grpc.aio.Channel:
        """To `service`, with that identity's certificate."""
        if (identity, service) not in self._channels:
            certificates = CertificateFolder(self._stack.state.tls / identity)
            channel = open_channel(self._stack.layout.address(service), service, certificates, deadline_seconds=20)
            self._closing.push_async_callback(channel.close)
            self._channels[identity, service] = channel
        return self._channels[identity, service]

    async def refusal(self, identity: str, method: Any) -> KevaError | None:
        """What an empty request is answered, unless it is answered well."""
        rpc = full_name(method)
        service = SERVICES[rpc.split(".")[1]]
        request, response = (
            message_factory.GetMessageClass(method.input_type),
            message_factory.GetMessageClass(method.output_type),
        )
        call = self.channel(identity, service).unary_unary(
            f"/{rpc}", request_serializer=request.SerializeToString, response_deserializer=response.FromString
        )
        try:
            await call(request())
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
    assert refused == set(IDENTITIES) - may - ({BOUND} if PEOPLE in may else set())
    # The calls name no organization, which somebody bound to one must do.
    bound = answers[IDENTITIES.index(BOUND)]
    assert bound is not None
    assert bound.reason in ("TENANT_NOT_ALLOWED", "CALLER_NOT_ALLOWED")


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
    call: Any = stub.ServerReflectionInfo(timeout=20)

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
    options = (("grpc.ssl_target_name_override", f"{name}-service.keva.internal"), ("grpc.enable_retries", 0))
    channel = (
        grpc.aio.insecure_channel(address, options=options)
        if credentials is None
        else grpc.aio.secure_channel(address, credentials, options=options)
    )
    async with channel:
        try:
            call: Any = channel.unary_unary("/keva.ticket.v1.TicketService/GetTicket")
            await call(b"", timeout=10)
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK
