"""Starts the gateway: reads settings, builds the application, serves, drains."""

import asyncio

from gateway.app import build_app
from gateway.http_server import serve
from gateway.settings import GatewaySettings
from servicekit import logs
from servicekit.server import stop_event
from servicekit.settings import load


async def run(settings: GatewaySettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    await serve(build_app(settings), settings.http_listen, settings.drain_seconds, stop_event())


def main() -> None:
    """The process."""
    settings = load(GatewaySettings)
    logs.configure("gateway", settings.log_level)
    try:
        asyncio.run(run(settings))
    except OSError as error:
        raise SystemExit(f"cannot listen on {settings.http_listen}: {error.strerror or error}") from None


if __name__ == "__main__":
    main()
