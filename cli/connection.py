"""The services as a command sees them: one question at a time, and failures that end the command."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2_grpc

from cli import failure
from cli.settings import Settings
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.responder.v1 import responder_service_pb2_grpc
from keva.sms.v1 import sms_service_pb2_grpc
from keva.ticket.v1 import (
    audit_service_pb2_grpc,
    channel_service_pb2_grpc,
    ticket_service_pb2_grpc,
    workspace_service_pb2_grpc,
)
from servicekit.rpc import request_context
from servicekit.rpc.certificates import CertificateError, CertificateFolder, require_unexpired
from servicekit.rpc.channel import open_channel
from servicekit.rpc.statuses_to_errors import as_keva_error

if TYPE_CHECKING:
    from grpc.aio import UnaryUnaryMultiCallable

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)

# For calls behind which Twilio is asked: an operator waits as long as Twilio takes.
TWILIO_SECONDS = 20.0


_CERTIFICATE = (
    "On this machine `keva up` makes one. Elsewhere, name the folder of your operator's certificate (ca.crt, tls.crt, "
    "tls.key) with --tls-dir or KEVA_TLS_DIR."
)


@dataclass(frozen=True)
class _Peer:
    name: str
    service: str
    address: str
    option: str


def _peer(service: str, address: str, name: str = "") -> _Peer:
    option = f"--{service.replace('_', '-')} or KEVA_{service.upper()}"
    return _Peer(name or service, service, address, option)


class Session:
    """One command's connection to Keva, acting as the settings say. Channels are opened when they are first needed.

    `remarks` are said after the command's output. Use it with `async with`.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.remarks: list[str] = []
        self._closing = AsyncExitStack()
        tickets = _peer("ticket_service", settings.ticket_service)
        sms = _peer("sms_service", settings.sms_service)
        responder = _peer("responder_service", settings.responder_service, "The responder")
        credentials = _peer("credentials_service", settings.credentials_service)
        self._peers = {
            "keva.ticket.v1": tickets,
            "keva.sms.v1": sms,
            "keva.credentials.v1": credentials,
            "keva.responder.v1": responder,
        }

    async def __aenter__(self) -> Self:
        context = request_context.RequestContext(self.settings.actor, request_context.new_request_id())
        request_context.enter(context)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._closing.aclose()

    @cached_property
    def tickets(self) -> "ticket_service_pb2_grpc.TicketServiceAsyncStub":
        """keva.ticket.v1.TicketService."""
        return ticket_service_pb2_grpc.TicketServiceStub(self._ticket_channel)

    @cached_property
    def channels(self) -> "channel_service_pb2_grpc.ChannelServiceAsyncStub":
        """keva.ticket.v1.ChannelService."""
        return channel_service_pb2_grpc.ChannelServiceStub(self._ticket_channel)

    @cached_property
    def workspaces(self) -> "workspace_service_pb2_grpc.WorkspaceServiceAsyncStub":
        """keva.ticket.v1.WorkspaceService."""
        return workspace_service_pb2_grpc.WorkspaceServiceStub(self._ticket_channel)

    @cached_property
    def audit(self) -> "audit_service_pb2_grpc.AuditServiceAsyncStub":
        """keva.ticket.v1.AuditService."""
        return audit_service_pb2_grpc.AuditServiceStub(self._ticket_channel)

    @cached_property
    def sms(self) -> "sms_service_pb2_grpc.SmsServiceAsyncStub":
        """keva.sms.v1.SmsService."""
        return sms_service_pb2_grpc.SmsServiceStub(self._open("keva.sms.v1"))

    @cached_property
    def credentials(self) -> "credentials_service_pb2_grpc.CredentialsServiceAsyncStub":
        """keva.credentials.v1.CredentialsService."""
        return credentials_service_pb2_grpc.CredentialsServiceStub(self._open("keva.credentials.v1"))

    @cached_property
    def responder(self) -> "responder_service_pb2_grpc.ResponderServiceAsyncStub":
        """keva.responder.v1.ResponderService."""
        return responder_service_pb2_grpc.ResponderServiceStub(self._open("keva.responder.v1"))

    def health(self, service: str, address: str) -> "health_pb2_grpc.HealthAsyncStub":
        """grpc.health.v1.Health of `service` at `address`."""
        return health_pb2_grpc.HealthStub(self._channel(service, address))

    async def ask(
        self, rpc: "UnaryUnaryMultiCallable[Request, Response]", request: Request, seconds: float | None = None
    ) -> Response:
        """The answer to `request`, within `seconds` (the channel's deadline unless given). Raises CommandError."""
        try:
            return await rpc(request, timeout=seconds)
        except grpc.aio.AioRpcError as error:
            raise self._failure(error, request) from None

    def _failure(self, error: grpc.aio.AioRpcError, request: Message) -> failure.CommandError:
        peer = self._peers[request.DESCRIPTOR.file.package]
        if error.code() is grpc.StatusCode.UNIMPLEMENTED:
            return failure.CommandError(
                failure.ExitCode.FAILED,
                f"What answers at {peer.address} does not know this command.",
                f"Is it {peer.name}, and as new as this keva? Name another address with {peer.option}.",
            )
        distrust = failure.trouble_with_certificates(error.details())
        if distrust:
            return failure.not_trusted(peer.name, peer.address, distrust)
        known = as_keva_error(error)
        if known.reason == "PEER_UNAVAILABLE":
            return failure.unreachable(peer.name, peer.address, peer.option)
        return failure.refusal(known)

    @cached_property
    def _certificates(self) -> CertificateFolder:
        folder = self.settings.tls_dir
        if not folder:
            raise failure.usage("There is no certificate to call Keva's services with.", _CERTIFICATE)
        try:
            found = CertificateFolder(Path(folder))
            require_unexpired(found.current(), Path(folder))
        except CertificateError as error:
            raise failure.usage(f"The certificate cannot be used: {error}", _CERTIFICATE) from None
        return found

    @cached_property
    def _ticket_channel(self) -> grpc.aio.Channel:
        return self._open("keva.ticket.v1")

    def _open(self, package: str) -> grpc.aio.Channel:
        peer = self._peers[package]
        return self._channel(peer.service, peer.address)

    def _channel(self, service: str, address: str) -> grpc.aio.Channel:
        channel = open_channel(address, service, self._certificates, wait_for_ready=False)
        self._closing.push_async_callback(channel.close)
        return channel
