"""Starts the gateway: reads settings, builds the application, serves, drains."""

import asyncio

from gateway.app import build_app
from gateway.http_server import serve
from gateway.settings import GatewaySettings
from servicekit import logs
from servicekit.http import metrics
from servicekit.settings import load
from servicekit.stop_signal import stop_event


async def run(settings: GatewaySettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    await serve(build_app(settings), settings, stop_event())


def main() -> None:
    """The process."""
    settings = load(GatewaySettings)
    logs.configure("gateway", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            asyncio.run(run(settings))
    except OSError as error:
        # It names the address in words; of the metrics' one it names none.
        wanted = ", ".join(filter(None, (settings.http_listen, settings.health_listen, settings.metrics_listen)))
        raise SystemExit(f"cannot listen on one of {wanted}: {error.strerror or error}") from None


if __name__ == "__main__":
    main()
