"""Starts ticket_service: reads settings, builds the objects, serves, drains."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.attestation.checker import Checker
from servicekit.clock import utc_now
from servicekit.http import metrics
from servicekit.mongo.clients import Client
from servicekit.rpc import server
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.settings import load
from ticket_service.audit_keys import audit_keys
from ticket_service.rpc.attestations import Attestations
from ticket_service.rpc.staff.door import asks
from ticket_service.settings import TicketServiceSettings
from ticket_service.wiring.expected import expected
from ticket_service.wiring.loops import Loops
from ticket_service.wiring.parts import Parts
from ticket_service.wiring.servicers import RPC_SERVICES, add_servicers


class TicketService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: TicketServiceSettings, shared: Client | None = None) -> None:
        """A `shared` client of MongoDB, for several services in one process, stays open."""
        self._settings = settings
        certificates = CertificateFolder(settings.tls_dir)
        self._parts = Parts(settings, audit_keys(settings), certificates, shared)
        self._loops = Loops(self._parts)
        checks = CallerChecks(settings.policy, self._parts.tenants.organization_of, asks(self._parts.known_agents))
        self.server = server.GrpcServer(RPC_SERVICES, certificates, checks, settings.reflection, expected)
        attestations = Attestations(settings.policy, Checker(certificates, "sms_service"))
        add_servicers(self.server.grpc, self._parts, self._loops, attestations)

    async def _prepare(self) -> None:
        await self._parts.store.prepare(utc_now())
        await self._loops.audit_anchors.take_over()
        await self._parts.offices.refresh()

    def _background(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """What works without being asked."""
        return self._loops.all()

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        try:
            await server.serve(
                self.server,
                server.Listeners(self._settings.grpc_listen, self._settings.health_listen),
                self._prepare,
                expected,
                self._background(),
                self._settings.drain_seconds,
                stopped,
            )
        finally:
            await self._parts.close()


async def _run(settings: TicketServiceSettings) -> None:
    await TicketService(settings).run()


def main() -> None:
    """The process."""
    settings = load(TicketServiceSettings)
    logs.configure("ticket_service", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            event_loop.run(_run(settings))
    except CannotListen as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
