"""Starts the gateway: reads settings, builds the objects, serves, drains."""

import asyncio
import logging

import structlog
from aiohttp import web

from gateway.app import build_app
from gateway.health import Health
from gateway.services import Services
from gateway.settings import GatewaySettings
from gateway.twilio_webhooks import TwilioWebhooks
from servicekit import logs
from servicekit.channel import open_channel
from servicekit.server import stop_event
from servicekit.settings import load

_log = structlog.get_logger(__name__)


async def _run(settings: GatewaySettings) -> None:
    stopped = stop_event()
    sms = open_channel(settings.sms_service, "gateway")
    tickets = open_channel(settings.ticket_service, "gateway")
    health = Health({"sms_service": sms, "ticket_service": tickets})
    webhooks = TwilioWebhooks(settings.public_url, Services(sms, tickets), settings.max_concurrent_requests)
    # For aiohttp a limit of 0 is no limit.
    runner = web.AppRunner(
        build_app(webhooks, health), access_log=None, shutdown_timeout=max(settings.drain_seconds, 0.1)
    )
    await runner.setup()
    try:
        await _listen(runner, settings.http_listen)
        await stopped.wait()
        health.draining = True
        _log.info("draining", seconds=settings.drain_seconds)
    finally:
        await runner.cleanup()
        await sms.close()
        await tickets.close()


async def _listen(runner: web.AppRunner, address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port), backlog=1024).start()
    except OSError as error:
        raise SystemExit(f"cannot listen on {address}: {error.strerror}") from None
    _log.info("listening", address=address)


def main() -> None:
    """The process."""
    settings = load(GatewaySettings)
    logs.configure("gateway", settings.log_level)
    # It reports as errors what strangers send, which HTTP answers with 400; our own are logged where they are answered.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    asyncio.run(_run(settings))


if __name__ == "__main__":
    main()
