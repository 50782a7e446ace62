"""How a process is asked to end."""

import asyncio
import signal


def stop_event() -> asyncio.Event:
    """An event that is set by SIGTERM or SIGINT. Call inside the running loop."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)
    return stopped
