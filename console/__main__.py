"""Starts the console: reads settings, builds the objects, serves, drains."""

import asyncio
import time
from contextlib import suppress

from client.services import Services
from console.app import build_server
from console.drafts.drafts import Drafts
from console.live.hub import Hubs
from console.live.preferences import KnownPreferences
from console.live.presence import PresenceBoard
from console.live.source import ServiceSource
from console.live.streams import Streams
from console.mongo.database import Database
from console.parts import Parts
from console.settings import ConsoleSettings
from console.sign_in.agents import Agents
from console.sign_in.sessions import Sessions
from console.static_files import StaticFiles
from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.clock import utc_now
from servicekit.http import metrics
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc.server import prepare_until_done
from servicekit.settings import load
from servicekit.stop_signal import stop_event

_CALLED = ("ticket_service", "sms_service", "credentials_service", "responder_service")


def _parts(settings: ConsoleSettings, services: Services) -> Parts:
    database = Database(settings.mongodb_uri, settings.mongodb_database)
    presence = PresenceBoard(database.presence, utc_now)
    return Parts(
        settings=settings,
        services=services,
        database=database,
        sessions=Sessions(database.sessions, utc_now),
        agents=Agents(services),
        static_files=StaticFiles(),
        drafts=Drafts(database.drafts, utc_now),
        hubs=Hubs(ServiceSource(services), presence),
        streams=Streams(),
        presence=presence,
        preferences=KnownPreferences(database.preferences, time.monotonic),
        batches=database.batches,
    )


async def run(settings: ConsoleSettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    addresses = {service: getattr(settings, service) for service in _CALLED}
    async with Services(addresses, str(settings.tls_dir)) as services:
        parts, prepared = _parts(settings, services), asyncio.Event()

        async def prepare() -> None:
            await prepare_until_done(parts.database.prepare, as_keva_error)
            prepared.set()

        preparing = asyncio.create_task(prepare())
        try:
            server = build_server(parts, prepared)
            await server.serve(settings.http_listen, settings.health_listen, settings.drain_seconds, stop_event())
        finally:
            preparing.cancel()
            with suppress(asyncio.CancelledError):
                await preparing
            await parts.hubs.close()
            parts.database.close()


def main() -> None:
    """The process."""
    settings = load(ConsoleSettings)
    logs.configure("console", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            event_loop.run(run(settings))
    except CannotListen as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
