"""`python -m dev.twilio_simulator`: Twilio on this machine."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys

from aiohttp import web

from dev.twilio_simulator.app import build_app, new_simulator
from dev.twilio_simulator.control.connection import CONTROL_SETTING


def main() -> None:
    parser = argparse.ArgumentParser(prog="twilio_simulator", description="A stand-in for Twilio.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--base-url", help="own address as the product sees it (default: host and port)")
    parser.add_argument("--pace", type=int, default=50, help="milliseconds between statuses (default %(default)s)")
    options = parser.parse_args()
    control_token = os.environ.get(CONTROL_SETTING)
    if not control_token:
        parser.error(f"{CONTROL_SETTING} must hold a token of your choice: whoever orders something must show it")
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("twilio_simulator").setLevel(logging.INFO)
    asyncio.run(_serve(options.host, options.port, options.base_url, options.pace / 1000, control_token))


async def _serve(host: str, port: int, base_url: str | None, pace: float, control_token: str) -> None:
    """Serve until SIGTERM or SIGINT, then stop at once: whatever is on its way is dropped."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    # Bound first, so that the simulator knows its own address before it answers anything.
    listener = socket.create_server((host, port), backlog=1024)
    address = f"http://{host}:{listener.getsockname()[1]}"
    simulator = await new_simulator(base_url or address, pace, control_token)
    # aiohttp takes 0 for "wait without limit".
    runner = web.AppRunner(build_app(simulator), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    print(f"twilio_simulator listening on {address}", flush=True)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
