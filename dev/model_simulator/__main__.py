"""`python -m dev.model_simulator`: an OpenAI-compatible endpoint on this machine."""

import argparse
import asyncio
import logging
import signal
import socket
import sys

from aiohttp import web

from dev.model_simulator.app import build_app
from dev.model_simulator.state import Simulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="model_simulator", description="A stand-in for a language model's endpoint.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--api-key", default="", help="the only key that it takes (default: any)")
    options = parser.parse_args()
    logging.basicConfig(stream=sys.stdout, format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("model_simulator").setLevel(logging.INFO)
    asyncio.run(_serve(options.host, options.port, options.api_key))


async def _serve(host: str, port: int, api_key: str) -> None:
    """Serve until SIGTERM or SIGINT, then stop at once: whatever is on its way is dropped."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    listener = socket.create_server((host, port), backlog=1024)
    runner = web.AppRunner(build_app(Simulator(api_key)), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    print(f"model_simulator listening on http://{host}:{listener.getsockname()[1]}", flush=True)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
