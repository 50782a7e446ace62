"""A gRPC server as every Keva service runs it: mutual TLS, checked callers, health, reflection, safe errors, graceful
drain."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection

from servicekit import errors, limits
from servicekit.addresses import CannotListen
from servicekit.background_work.failures import expect
from servicekit.http.health_server import HealthServer
from servicekit.rpc.caller_checks import AdmitCallers, CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.errors_to_statuses import ErrorsToStatuses, Translate
from servicekit.rpc.handlers import AroundHandlers
from servicekit.rpc.mutual_tls import server_credentials
from servicekit.rpc.streams import UntilDraining
from servicekit.stop_signal import stop_event

_OPTIONS = (
    # Two processes on one port would silently share it; a collision must be an error.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", limits.CALL_BYTES),
    # Clients reconnect now and then, so that replicas added later get their share.
    ("grpc.max_connection_age_ms", 300_000),
    ("grpc.max_connection_age_grace_ms", limits.CONNECTION_GRACE_SECONDS * 1000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)
_CANCEL_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class _OnceReady:
    """Until the service is prepared nobody is served: its invariants live in indexes that may not be there yet. An
    Around of handlers."""

    def __init__(self, held: Callable[[], bool]) -> None:
        self._held = held

    def answering(self, behavior: Any, rpc: str) -> Any:
        if rpc.startswith("grpc."):
            return behavior

        async def call(request: Any, context: Any) -> Any:
            if self._held():
                raise _not_ready()
            return await behavior(request, context)

        return call

    def streaming(self, behavior: Any, rpc: str) -> Any:
        if rpc.startswith("grpc."):
            return behavior

        async def call(request: Any, context: Any) -> AsyncIterator[Any]:
            if self._held():
                raise _not_ready()
            async for response in behavior(request, context):
                yield response

        return call


def _not_ready() -> errors.Unavailable:
    return errors.Unavailable(
        "STORE_UNAVAILABLE", "this service is still waiting for what it keeps its data in; ask again later"
    )


class GrpcServer:
    """One service's server. Not ready (health NOT_SERVING) until `set_ready`, and again once it drains."""

    def __init__(
        self,
        rpc_services: Sequence[str],
        certificates: CertificateFolder,
        checks: CallerChecks,
        reflect: bool,
        translate: Translate = lambda _: None,
    ) -> None:
        """`rpc_services` are full proto names such as keva.sms.v1.SmsService."""
        self.ready = asyncio.Event()
        self._held = False
        self._draining = asyncio.Event()
        around = AroundHandlers(
            ErrorsToStatuses(translate),
            AdmitCallers(checks),
            _OnceReady(lambda: self._held),
            UntilDraining(self._draining),
        )
        self.grpc = grpc.aio.server(interceptors=[around], options=_OPTIONS)
        self.port = 0
        self._certificates = certificates
        self._names = ("", *rpc_services)
        self._health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self.grpc)
        if reflect:
            names = (*rpc_services, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
            reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), self.grpc)

    async def start(self, listen: str) -> int:
        """Listens on `host:port` and returns the port. Raises CannotListen when it is taken."""
        await self._set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
        try:
            self.port = self.grpc.add_secure_port(listen, server_credentials(self._certificates))
        except RuntimeError as error:
            raise CannotListen(listen) from error
        await self.grpc.start()
        _log.info("listening", address=listen)
        return self.port

    def hold(self) -> None:
        """Until `set_ready` every call but those of health and reflection is answered UNAVAILABLE."""
        self._held = True

    async def set_ready(self) -> None:
        """Tells clients and probes that requests are welcome."""
        self._held = False
        await self._set_health(health_pb2.HealthCheckResponse.SERVING)
        self.ready.set()
        _log.info("ready")

    async def trouble(self) -> str:
        """Why no requests are welcome now, for probes; empty when they are."""
        if self._draining.is_set():
            return "it ends"
        return "" if self.ready.is_set() else "it waits for what it needs"

    async def stop_being_ready(self) -> None:
        """Tells clients and probes that requests are not welcome any more, and ends streams. What comes all the same is
        served."""
        await self._health.enter_graceful_shutdown()
        self._draining.set()

    async def drain(self, seconds: float) -> None:
        """Stops being ready and taking requests, and gives what runs `seconds` to finish."""
        await self.stop_being_ready()
        await self.grpc.stop(seconds)

    async def _set_health(self, status: Any) -> None:
        for name in self._names:
            await self._health.set(name, status)


async def prepare_until_done(prepare: Callable[[], Awaitable[None]], translate: Translate) -> None:
    """Runs `prepare` (index creation) until it succeeds: a service that starts before its database waits for it.

    Only failures that `translate` recognises are waited out; any other is raised.
    """
    while True:
        try:
            return await prepare()
        except Exception as error:
            expected = translate(error)
            if expected is None:
                raise
            _log.warning("waiting for the database", reason=expected.reason)
            await asyncio.sleep(1)


@dataclass(frozen=True)
class Listeners:
    """Where a service listens: gRPC, and HTTP for probes, each host:port."""

    grpc: str
    health: str


async def serve(
    server: GrpcServer,
    listeners: Listeners,
    prepare: Callable[[], Awaitable[None]],
    translate: Translate,
    loops: Sequence[Callable[[], Awaitable[None]]] = (),
    drain_seconds: float = 10,
    stopped: asyncio.Event | None = None,
) -> None:
    """Runs a service: listens, prepares, becomes ready, runs `loops`, and drains on SIGTERM, SIGINT or `stopped`. Ends
    the process, saying why, when it cannot listen.

    A background loop that ends by an exception ends the process: a service that only half works must not look well.
    """
    stopped = stopped or stop_event()
    # Calls that come in are tasks of this one, too.
    expect(translate)
    server.hold()
    try:
        async with HealthServer(listeners.health, server.trouble):
            await server.start(listeners.grpc)
            await _serve_until(stopped, server, prepare, translate, loops, drain_seconds)
    except CannotListen as error:
        raise SystemExit(str(error)) from None


async def _serve_until(
    stopped: asyncio.Event,
    server: GrpcServer,
    prepare: Callable[[], Awaitable[None]],
    translate: Translate,
    loops: Sequence[Callable[[], Awaitable[None]]],
    drain_seconds: float,
) -> None:
    work = asyncio.create_task(_prepare_and_run(server, prepare, translate, loops))
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    _log.info("draining", seconds=drain_seconds)
    failed = not stopped.is_set()
    stop.cancel()
    await server.stop_being_ready()
    work.cancel()
    # No new work begins while requests finish. Bounded: whatever a loop hangs on, the process ends before it is killed.
    await asyncio.wait({work}, timeout=_CANCEL_SECONDS)
    await server.drain(drain_seconds)
    if failed:
        work.result()


async def _prepare_and_run(
    server: GrpcServer,
    prepare: Callable[[], Awaitable[None]],
    translate: Translate,
    loops: Sequence[Callable[[], Awaitable[None]]],
) -> None:
    await prepare_until_done(prepare, translate)
    await server.set_ready()
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(loop())  # type: ignore[arg-type]
        group.create_task(asyncio.Event().wait())
