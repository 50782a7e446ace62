"""Starts credentials_service: reads settings, builds the objects, serves, drains."""

import asyncio

from credentials_service.agent_client import AgentClient
from credentials_service.audit_client import AuditClient
from credentials_service.audit_relay import AuditRelay
from credentials_service.audit_seals import AuditSeals
from credentials_service.cipher import Cipher
from credentials_service.credentials import Credentials
from credentials_service.keyring import FileKeyRing, KeyRingUnfit
from credentials_service.keys import Keys
from credentials_service.mongo.store import MongoStore
from credentials_service.replicated_key_ring import ReplicatedKeyRing
from credentials_service.servicer import CredentialsServicer
from credentials_service.settings import CredentialsServiceSettings
from credentials_service.shared_keys import SharedKeys
from keva.credentials.v1 import credentials_service_pb2_grpc
from servicekit import event_loop, logs
from servicekit.clock import utc_now
from servicekit.mongo.clients import Client
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc import server
from servicekit.rpc.agents_at_the_door import remembered
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.settings import load


class CredentialsService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: CredentialsServiceSettings, shared: Client | None = None) -> None:
        """A `shared` client of MongoDB, for several services in one process, stays open."""
        self._settings = settings
        files = FileKeyRing.load(settings.key_ring_dir, settings.active_key_id)
        seals = AuditSeals(files, settings.lost_keys)
        self.store = MongoStore(settings.mongodb_uri, settings.mongodb_database, seals, shared)
        self.key_ring = ReplicatedKeyRing(files, self.store.replicas, self.store, settings.key_ring_poll_seconds)
        certificates = CertificateFolder(settings.tls_dir)
        self._ticket_channel = open_channel(settings.ticket_service, "ticket_service", certificates)
        trail = AuditClient(self._ticket_channel)
        self.relay = AuditRelay(self.store.outbox, trail, settings.audit_poll_seconds)
        cipher = Cipher(self.key_ring)
        credentials = Credentials(self.store, cipher, utc_now, self.relay.wake)
        self._keys = Keys(self.store, self.store.replicas, self.key_ring, utc_now, self.relay.wake)
        names = ("keva.credentials.v1.CredentialsService",)
        agents = remembered(AgentClient(self._ticket_channel).require)
        checks = CallerChecks(settings.policy, require_agent=agents)
        self.server = server.GrpcServer(names, certificates, checks, settings.reflection, as_keva_error)
        credentials_service_pb2_grpc.add_CredentialsServiceServicer_to_server(
            CredentialsServicer(credentials, SharedKeys(credentials, cipher, utc_now), self._keys), self.server.grpc
        )

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        settings = self._settings
        try:
            await server.serve(
                self.server,
                server.Listeners(settings.grpc_listen, settings.health_listen),
                self.prepare,
                as_keva_error,
                (self.relay.run, self.key_ring.run, self.store.tidy),
                settings.drain_seconds,
                stopped,
            )
        finally:
            await self.close()

    async def prepare(self) -> None:
        """Prepares the database. Raises KeyRingUnfit when its records need other keys than there are."""
        await self.store.prepare()
        await self._keys.require_readable(self._settings.lost_keys)
        await self.key_ring.look()

    async def close(self) -> None:
        """Closes the connections."""
        await self.key_ring.leave()
        await self._ticket_channel.close()
        self.store.close()


async def _run(settings: CredentialsServiceSettings) -> None:
    await CredentialsService(settings).run()


def main() -> None:
    """The process."""
    settings = load(CredentialsServiceSettings)
    logs.configure("credentials_service", settings.log_level)
    try:
        event_loop.run(_run(settings))
    except KeyRingUnfit as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
