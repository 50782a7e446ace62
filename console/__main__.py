"""Starts the console: reads settings, builds the objects, serves, drains."""

import asyncio
import time
from contextlib import suppress

from client.services import Services
from console.app import build_server
from console.drafts.drafts import Drafts
from console.drafts.erasing import DraftErasing
from console.live.counts import KnownCounts
from console.live.hub import Hubs
from console.live.preferences import KnownPreferences
from console.live.presence import PresenceBoard
from console.live.source import ServiceSource
from console.live.streams import Streams
from console.mongo.database import Database
from console.parts import Parts
from console.rpc.server import build_rpc_server, serve_until
from console.settings import ConsoleSettings
from console.sign_in.agents import Agents
from console.sign_in.limits import SignInLimits
from console.sign_in.links import Links
from console.sign_in.passwords import PasswordHashes
from console.sign_in.sessions import Sessions
from console.sign_in.signing_in import SigningIn, Stores
from console.sign_in.trail import SignInTrail
from console.static_files import StaticFiles
from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.clock import utc_now
from servicekit.http import metrics
from servicekit.http.sources import Sources
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc.server import prepare_until_done
from servicekit.settings import load
from servicekit.stop_signal import stop_event

_CALLED = ("ticket_service", "sms_service", "credentials_service", "responder_service")


def _parts(settings: ConsoleSettings, services: Services) -> Parts:
    database = Database(settings.mongodb_uri, settings.mongodb_database)
    presence = PresenceBoard(database.presence, utc_now)
    sessions, agents = Sessions(database.sessions, utc_now, settings.session_limits), Agents(services)
    stores = Stores(
        accounts=database.accounts,
        links=Links(database.links, utc_now),
        sessions=sessions,
        limits=SignInLimits(database.sign_in_attempts, database.known_browsers, utc_now),
        hashes=PasswordHashes(),
    )
    hubs = Hubs(ServiceSource(services), presence)
    return Parts(
        settings=settings,
        services=services,
        database=database,
        sessions=sessions,
        agents=agents,
        signing_in=SigningIn(stores, agents, SignInTrail(services, utc_now), utc_now),
        sources=Sources(settings.trusted_networks),
        static_files=StaticFiles(),
        drafts=Drafts(database.drafts, utc_now),
        hubs=hubs,
        streams=Streams(),
        presence=presence,
        preferences=KnownPreferences(database.preferences, time.monotonic),
        counts=KnownCounts(hubs, time.monotonic),
        batches=database.batches,
    )


async def run(settings: ConsoleSettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    addresses = {service: getattr(settings, service) for service in _CALLED}
    async with Services(addresses, str(settings.tls_dir)) as services:
        parts, prepared = _parts(settings, services), asyncio.Event()

        async def prepare_and_go_on() -> None:
            await prepare_until_done(parts.database.prepare, as_keva_error)
            prepared.set()
            await DraftErasing(parts.database.drafts, parts.database.draft_places, services).run()

        at_work = asyncio.create_task(prepare_and_go_on())
        try:
            await _serve(parts, prepared, stop_event())
        finally:
            at_work.cancel()
            with suppress(asyncio.CancelledError):
                await at_work
            await parts.hubs.close()
            parts.database.close()


async def _serve(parts: Parts, prepared: asyncio.Event, stopped: asyncio.Event) -> None:
    """Pages and RPCs. Raises CannotListen."""
    settings, calls = parts.settings, build_rpc_server(parts)
    await calls.start(settings.grpc_listen)
    answering = asyncio.create_task(serve_until(stopped, calls, prepared, settings.drain_seconds))
    try:
        server = build_server(parts, prepared)
        await server.serve(settings.http_listen, settings.health_listen, settings.drain_seconds, stopped)
    finally:
        stopped.set()
        await answering


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
