"""Somebody's session with the services: who acts, for which organization and workspace."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from client.failure import Failure, FailureKind, failure_of
from client.services import Peer, Services
from servicekit.rpc import request_context

if TYPE_CHECKING:
    from grpc.aio import AioRpcError, UnaryStreamMultiCallable, UnaryUnaryMultiCallable

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)

# For calls behind which Twilio is asked: people wait as long as Twilio takes.
TWILIO_SECONDS = 20.0
# For a draft of the AI's: more than the responder may take unless ticket_service is set to wait longer.
DRAFT_SECONDS = 30.0


@dataclass(frozen=True)
class Scope:
    """Who acts (None: the calling process itself, for nobody), and where. `region` is the country, as in US, of phone
    numbers that are written without its code."""

    actor: request_context.Actor | None
    organization_id: str
    workspace_id: str
    region: str


def _meant(organization_id: str) -> tuple[tuple[str, str], ...]:
    """What has a service refuse another organization's workspace, where a request names the workspace alone. No
    organization has a name that metadata cannot carry: `?` is refused as well."""
    if not organization_id:
        return ()
    said = organization_id if organization_id.isascii() and organization_id.isprintable() else "?"
    return ((request_context.ORGANIZATION_METADATA, said),)


_ITSELF = request_context.Actor("service", "")


class Session:
    """What one person does in one go: every call carries the actor, and one request id that ties their log lines
    together. Sessions share the `services`."""

    def __init__(self, services: Services, scope: Scope) -> None:
        self.services = services
        self.organization_id = scope.organization_id
        self.workspace_id = scope.workspace_id
        self.region = scope.region
        self.actor = scope.actor or _ITSELF
        named = ((request_context.ACTOR_METADATA, str(scope.actor)),) if scope.actor else ()
        self._metadata = (
            *named,
            *_meant(scope.organization_id),
            (request_context.REQUEST_ID_METADATA, request_context.new_request_id()),
        )

    async def ask(
        self, rpc: "UnaryUnaryMultiCallable[Request, Response]", request: Request, seconds: float | None = None
    ) -> Response:
        """The answer to `request`, within `seconds` (the channel's deadline unless given). Raises Failure."""
        # A module that needs no service may import this one: gRPC takes long to import.
        from grpc.aio import AioRpcError  # noqa: PLC0415

        try:
            return await rpc(request, timeout=seconds, metadata=self._metadata)
        except AioRpcError as error:
            raise _failure(error, self.services.peer(request)) from None

    async def follow(
        self, rpc: "UnaryStreamMultiCallable[Request, Response]", request: Request
    ) -> AsyncGenerator[Response, None]:
        """The answers to `request` as they come, until the stream ends. Raises Failure."""
        from grpc.aio import AioRpcError  # noqa: PLC0415 - as in ask

        call = rpc(request, metadata=self._metadata)
        try:
            async for response in call:
                yield response
        except AioRpcError as error:
            raise _failure(error, self.services.peer(request)) from None
        finally:
            call.cancel()


def distrust(error: "AioRpcError") -> str:
    """Why the other side's certificate is not trusted; empty when the call failed for another reason."""
    details = error.details() or ""
    if "Hostname Verification" in details:
        return "its certificate is another service's"
    if "CERTIFICATE_VERIFY_FAILED" in details:
        return "its certificate is not one that your ca.crt vouches for, or has expired"
    return ""


def _failure(error: "AioRpcError", peer: Peer) -> Failure:
    from grpc import StatusCode  # noqa: PLC0415 - as in ask

    from servicekit.rpc.statuses_to_errors import as_keva_error  # noqa: PLC0415

    if error.code() is StatusCode.UNIMPLEMENTED:
        message = f"What answers at {peer.address} does not know what it is asked for."
        advice = f"Is it {peer.service}, and as new as what asks it?"
        return Failure(FailureKind.UNKNOWN_RPC, message, advice, service=peer.service)
    if why := distrust(error):
        message = f"What answers at {peer.address} cannot be trusted to be {peer.service}: {why}."
        return Failure(
            FailureKind.NOT_TRUSTED, message, "Check the address and the certificates.", service=peer.service
        )
    known = as_keva_error(error)
    if known.reason == "PEER_UNAVAILABLE":
        message = f"{peer.service} does not answer at {peer.address}."
        advice = "Check that it runs, and that this is its address."
        return Failure(FailureKind.UNREACHABLE, message, advice, service=peer.service)
    failure = failure_of(known)
    if known.reason == "STORE_UNAVAILABLE":
        # It speaks of "the database", and there are several.
        failure.message = f"{peer.service} runs, but its database does not answer."
    return failure
