"""What an operator does once per Twilio account and number, over gRPC: for the demo and for end-to-end tests."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import grpc

from dev.local_stack.stack import LocalStack
from dev.twilio_simulator.client import SimulatorClient
from keva.console.v1 import console_service_pb2, console_service_pb2_grpc
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.sms.v1 import sms_service_pb2, sms_service_pb2_grpc
from keva.ticket.v1 import (
    agent_service_pb2,
    agent_service_pb2_grpc,
    audit_service_pb2_grpc,
    channel_service_pb2,
    channel_service_pb2_grpc,
    event_service_pb2_grpc,
    saved_reply_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit import errors, limits
from servicekit.rpc import identity
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error

ORGANIZATION = WORKSPACE = "default"
WEBHOOK_PATH = "/api/webhooks/twilio"
OPERATOR = ((ACTOR_METADATA, "operator:local"),)

Metadata = tuple[tuple[str, str], ...]

# These calls make sms_service ask Twilio, which may take its time.
_TWILIO_SECONDS = 15.0


@dataclass(frozen=True)
class Account:
    """A Twilio account at the simulator, with one number."""

    account_sid: str
    auth_token: str
    phone_number: str
    display_name: str


class Clients:
    """A stub for each service of a running stack. Close it by leaving `async with`."""

    def __init__(
        self, stack: LocalStack, caller: str = identity.OPERATOR, call_seconds: float = limits.CALL_SECONDS
    ) -> None:
        """`caller`: whose certificate they call with. `call_seconds`: how long a call may take."""
        certificates = CertificateFolder(stack.state.tls / caller)
        self.twilio_seconds = max(_TWILIO_SECONDS, call_seconds)
        self._channels = {
            service: open_channel(stack.layout.address(service), service, certificates, deadline_seconds=call_seconds)
            for service in ("ticket_service", "sms_service", "credentials_service", "console")
        }
        tickets, sms = self._channels["ticket_service"], self._channels["sms_service"]
        self.tickets = ticket_service_pb2_grpc.TicketServiceStub(tickets)
        self.channels = channel_service_pb2_grpc.ChannelServiceStub(tickets)
        self.workspaces = workspace_service_pb2_grpc.WorkspaceServiceStub(tickets)
        self.agents = agent_service_pb2_grpc.AgentServiceStub(tickets)
        self._known_agents: dict[str, str] = {}
        self.audit = audit_service_pb2_grpc.AuditServiceStub(tickets)
        self.saved_replies = saved_reply_service_pb2_grpc.SavedReplyServiceStub(tickets)
        self.events = event_service_pb2_grpc.EventServiceStub(tickets)
        self.sms = sms_service_pb2_grpc.SmsServiceStub(sms)
        self.console = console_service_pb2_grpc.ConsoleServiceStub(self._channels["console"])
        self.credentials = credentials_service_pb2_grpc.CredentialsServiceStub(self._channels["credentials_service"])

    async def sign_in_link(self, agent_id: str) -> str:
        """A one-time link with which the agent sets a password for the console. Raises AioRpcError."""
        request = console_service_pb2.CreateSignInLinkRequest(organization_id=ORGANIZATION, agent_id=agent_id)
        return (await self.console.CreateSignInLink(request, metadata=OPERATOR)).url

    async def as_agent(self, name: str = "dana") -> Metadata:
        """The metadata of calls as that agent. Raises AioRpcError."""
        return acting_as(await self.agent_id(name))

    async def agent_id(self, name: str) -> str:
        """`<name>@example.com`, who is added as an administrator when first named. Raises AioRpcError."""
        if name not in self._known_agents:
            self._known_agents[name] = await _agent_id(self, name)
        return self._known_agents[name]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with AsyncExitStack() as closing:
            for channel in self._channels.values():
                closing.push_async_callback(channel.close)


def acting_as(agent_id: str) -> Metadata:
    """The metadata of calls as an agent."""
    return ((ACTOR_METADATA, f"agent:{agent_id}"),)


async def _agent_id(clients: Clients, name: str) -> str:
    request = agent_service_pb2.CreateAgentRequest(
        organization_id=ORGANIZATION,
        email=f"{name}@example.com",
        display_name=name.title(),
        role=agent_service_pb2.AGENT_ROLE_ADMINISTRATOR,
    )
    try:
        return (await clients.agents.CreateAgent(request, metadata=OPERATOR)).agent.agent_id
    except grpc.aio.AioRpcError as error:
        refusal = as_keva_error(error)
        if not isinstance(refusal, errors.AlreadyExists):
            raise
    return refusal.metadata["agent_id"]


async def connect_account(clients: Clients, account: Account) -> sms_service_pb2.TwilioAccount:
    """Connects the account to the organization. Idempotent. Raises KevaError."""
    request = sms_service_pb2.ConnectTwilioAccountRequest(
        organization_id=ORGANIZATION, account_sid=account.account_sid, auth_token=account.auth_token
    )
    try:
        answer = await clients.sms.ConnectTwilioAccount(request, metadata=OPERATOR, timeout=clients.twilio_seconds)
    except grpc.aio.AioRpcError as error:
        raise as_keva_error(error) from error
    return answer.account


async def subscribe_number(clients: Clients, account: Account, **settings: Any) -> channel_service_pb2.Channel:
    """Subscribes the account's number; `settings` are fields of CreateChannelRequest. One that is subscribed already
    stays as it is. Raises KevaError."""
    request = channel_service_pb2.CreateChannelRequest(
        organization_id=ORGANIZATION,
        account_sid=account.account_sid,
        phone_number=account.phone_number,
        **{"display_name": account.display_name, **settings},
    )
    try:
        created = await clients.channels.CreateChannel(request, metadata=OPERATOR, timeout=clients.twilio_seconds)
        return created.channel
    except grpc.aio.AioRpcError as error:
        refusal = as_keva_error(error)
    if not isinstance(refusal, errors.AlreadyExists):
        raise refusal
    known = channel_service_pb2.GetChannelRequest(
        organization_id=ORGANIZATION, channel_id=refusal.metadata["channel_id"]
    )
    return (await clients.channels.GetChannel(known, metadata=OPERATOR)).channel


async def configure_number(clients: Clients, account: Account) -> sms_service_pb2.PhoneNumber:
    """Makes Twilio send the number's texts to the stack's public URL. Idempotent. Raises KevaError."""
    request = sms_service_pb2.ConfigurePhoneNumberRequest(
        organization_id=ORGANIZATION, account_sid=account.account_sid, phone_number=account.phone_number
    )
    try:
        answer = await clients.sms.ConfigurePhoneNumber(request, metadata=OPERATOR, timeout=clients.twilio_seconds)
    except grpc.aio.AioRpcError as error:
        raise as_keva_error(error) from error
    return answer.phone_number


async def open_account(simulator: SimulatorClient, stack: LocalStack, account: Account) -> None:
    """What happens at Twilio first: the account exists, and has a number whose texts go nowhere yet."""
    await simulator.put_account(
        account.account_sid,
        account.auth_token,
        friendly_name=account.display_name,
        public_url_map=stack.public_url_map,
    )
    await simulator.put_number(account.account_sid, account.phone_number, friendly_name=account.display_name)
