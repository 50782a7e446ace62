"""Keva's services, as one process that acts for people calls them. What gRPC needs is imported when a service is first
called: most of the time of a short command would go by in imports."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from google.protobuf.message import Message

from client.failure import Failure, FailureKind

if TYPE_CHECKING:
    from grpc.aio import Channel
    from grpc_health.v1 import health_pb2_grpc

    from keva.console.v1 import console_service_pb2_grpc
    from keva.credentials.v1 import credentials_service_pb2_grpc
    from keva.responder.v1 import responder_service_pb2_grpc
    from keva.sms.v1 import sms_service_pb2_grpc
    from keva.ticket.v1 import (
        agent_service_pb2_grpc,
        audit_service_pb2_grpc,
        channel_service_pb2_grpc,
        event_service_pb2_grpc,
        report_service_pb2_grpc,
        saved_reply_service_pb2_grpc,
        ticket_service_pb2_grpc,
        workspace_service_pb2_grpc,
    )
    from servicekit.rpc.certificates import CertificateFolder


@dataclass(frozen=True)
class Peer:
    """A service, and where it is: `host:port`, or several of them with commas between."""

    service: str
    address: str


class Services:
    """The services at the given addresses. Channels are opened when they are first needed, with the certificate in the
    folder `tls_dir`, and stay open until the end: use it with `async with`."""

    def __init__(self, addresses: Mapping[str, str], tls_dir: str) -> None:
        """`addresses` by service: ticket_service, sms_service, credentials_service, responder_service, console."""
        self.addresses = addresses
        self._tls_dir = tls_dir
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._closing.aclose()

    @cached_property
    def tickets(self) -> "ticket_service_pb2_grpc.TicketServiceAsyncStub":
        """keva.ticket.v1.TicketService."""
        from keva.ticket.v1 import ticket_service_pb2_grpc  # noqa: PLC0415

        return ticket_service_pb2_grpc.TicketServiceStub(self._ticket_channel)

    @cached_property
    def channels(self) -> "channel_service_pb2_grpc.ChannelServiceAsyncStub":
        """keva.ticket.v1.ChannelService."""
        from keva.ticket.v1 import channel_service_pb2_grpc  # noqa: PLC0415

        return channel_service_pb2_grpc.ChannelServiceStub(self._ticket_channel)

    @cached_property
    def workspaces(self) -> "workspace_service_pb2_grpc.WorkspaceServiceAsyncStub":
        """keva.ticket.v1.WorkspaceService."""
        from keva.ticket.v1 import workspace_service_pb2_grpc  # noqa: PLC0415

        return workspace_service_pb2_grpc.WorkspaceServiceStub(self._ticket_channel)

    @cached_property
    def agents(self) -> "agent_service_pb2_grpc.AgentServiceAsyncStub":
        """keva.ticket.v1.AgentService."""
        from keva.ticket.v1 import agent_service_pb2_grpc  # noqa: PLC0415

        return agent_service_pb2_grpc.AgentServiceStub(self._ticket_channel)

    @cached_property
    def saved_replies(self) -> "saved_reply_service_pb2_grpc.SavedReplyServiceAsyncStub":
        """keva.ticket.v1.SavedReplyService."""
        from keva.ticket.v1 import saved_reply_service_pb2_grpc  # noqa: PLC0415

        return saved_reply_service_pb2_grpc.SavedReplyServiceStub(self._ticket_channel)

    @cached_property
    def audit(self) -> "audit_service_pb2_grpc.AuditServiceAsyncStub":
        """keva.ticket.v1.AuditService."""
        from keva.ticket.v1 import audit_service_pb2_grpc  # noqa: PLC0415

        return audit_service_pb2_grpc.AuditServiceStub(self._ticket_channel)

    @cached_property
    def reports(self) -> "report_service_pb2_grpc.ReportServiceAsyncStub":
        """keva.ticket.v1.ReportService."""
        from keva.ticket.v1 import report_service_pb2_grpc  # noqa: PLC0415

        return report_service_pb2_grpc.ReportServiceStub(self._ticket_channel)

    @cached_property
    def events(self) -> "event_service_pb2_grpc.EventServiceAsyncStub":
        """keva.ticket.v1.EventService."""
        from keva.ticket.v1 import event_service_pb2_grpc  # noqa: PLC0415

        return event_service_pb2_grpc.EventServiceStub(self._ticket_channel)

    @cached_property
    def sms(self) -> "sms_service_pb2_grpc.SmsServiceAsyncStub":
        """keva.sms.v1.SmsService."""
        from keva.sms.v1 import sms_service_pb2_grpc  # noqa: PLC0415

        return sms_service_pb2_grpc.SmsServiceStub(self._open("sms_service"))

    @cached_property
    def credentials(self) -> "credentials_service_pb2_grpc.CredentialsServiceAsyncStub":
        """keva.credentials.v1.CredentialsService."""
        from keva.credentials.v1 import credentials_service_pb2_grpc  # noqa: PLC0415

        return credentials_service_pb2_grpc.CredentialsServiceStub(self._open("credentials_service"))

    @cached_property
    def responder(self) -> "responder_service_pb2_grpc.ResponderServiceAsyncStub":
        """keva.responder.v1.ResponderService."""
        from keva.responder.v1 import responder_service_pb2_grpc  # noqa: PLC0415

        return responder_service_pb2_grpc.ResponderServiceStub(self._open("responder_service"))

    @cached_property
    def console(self) -> "console_service_pb2_grpc.ConsoleServiceAsyncStub":
        """keva.console.v1.ConsoleService."""
        from keva.console.v1 import console_service_pb2_grpc  # noqa: PLC0415

        return console_service_pb2_grpc.ConsoleServiceStub(self._open("console"))

    def health(self, service: str, address: str) -> "health_pb2_grpc.HealthAsyncStub":
        """grpc.health.v1.Health of `service` at an address of its own."""
        from grpc_health.v1 import health_pb2_grpc  # noqa: PLC0415

        return health_pb2_grpc.HealthStub(self._channel(service, address))

    def channel(self, service: str) -> "Channel":
        """What carries calls to a service. ticket_service's is the one that all of them share."""
        return self._ticket_channel if service == "ticket_service" else self._open(service)

    def peer(self, request: Message) -> Peer:
        """Who is asked with `request`: the package keva.sms.v1 is sms_service's."""
        name = request.DESCRIPTOR.file.package.split(".")[1]
        service = name if name == "console" else f"{name}_service"
        return Peer(service, self.addresses[service])

    @cached_property
    def _certificates(self) -> "CertificateFolder":
        from servicekit.rpc.certificates import CertificateError, CertificateFolder, require_unexpired  # noqa: PLC0415

        if not self._tls_dir:
            raise Failure(FailureKind.NO_KEVA, "No certificate is named to call Keva's services with.", _CERTIFICATE)
        try:
            found = CertificateFolder(Path(self._tls_dir))
            require_unexpired(found.current(), Path(self._tls_dir))
        except CertificateError as error:
            message = f"The certificate cannot be used: {error}"
            raise Failure(FailureKind.NO_CERTIFICATE, message, _CERTIFICATE) from None
        return found

    @cached_property
    def _ticket_channel(self) -> "Channel":
        return self._open("ticket_service")

    def _open(self, service: str) -> "Channel":
        return self._channel(service, self.addresses[service])

    def _channel(self, service: str, address: str) -> "Channel":
        from servicekit.rpc.channel import open_channel  # noqa: PLC0415

        channel = open_channel(address, service, self._certificates, wait_for_ready=False, deadline_seconds=_SECONDS)
        self._closing.push_async_callback(channel.close)
        return channel


# More than a service waits for those behind it, so that it can say which of them does not answer.
_SECONDS = 8.0
_CERTIFICATE = "It needs a folder with a certificate that the services trust: ca.crt, tls.crt and tls.key."
