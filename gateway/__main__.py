"""Starts the gateway: reads settings, builds the server, serves, drains."""

from gateway.app import build_server
from gateway.settings import GatewaySettings
from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.http import metrics
from servicekit.settings import load
from servicekit.stop_signal import stop_event


async def run(settings: GatewaySettings) -> None:
    """Serves until SIGTERM or SIGINT."""
    server = build_server(settings)
    await server.serve(settings.http_listen, settings.health_listen, settings.drain_seconds, stop_event())


def main() -> None:
    """The process."""
    settings = load(GatewaySettings)
    logs.configure("gateway", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            event_loop.run(run(settings))
    except CannotListen as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
