"""What probes ask, over plain HTTP on a port of its own, which need not be public: GET /healthz, does the process live?
GET /readyz, does it take work?"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import structlog
from aiohttp import web

from servicekit.addresses import CannotListen, split_address

# Says what is wrong, in words for the operator; nothing when all is well.
Probe = Callable[[], Awaitable[str]]

# Kubernetes waits longer (timeoutSeconds in deploy/).
_PROBE_SECONDS = 2.0
_MAX_REQUEST_BYTES = 1024
_log = structlog.get_logger(__name__)


async def nothing_wrong() -> str:
    """The probe of a process that lives as long as it answers."""
    return ""


class HealthServer:
    """Listens while its `async with` lasts; 200 when the probe has nothing to say, else 503 with its words."""

    def __init__(self, listen: str, ready: Probe, live: Probe = nothing_wrong) -> None:
        """`listen` is host:port; with port 0 the system chooses one."""
        self.port = 0
        self._listen = listen
        app = web.Application(client_max_size=_MAX_REQUEST_BYTES)
        app.router.add_get("/healthz", _Answer(live, "ok"))
        app.router.add_get("/readyz", _Answer(ready, "ready"))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_PROBE_SECONDS)

    async def __aenter__(self) -> Self:
        """Raises CannotListen when the port is taken, ValueError when `listen` is no address."""
        host, port = split_address(self._listen)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self._runner.cleanup()
            raise CannotListen(self._listen) from None
        except BaseException:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        _log.info("health served", address=self._listen, port=self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()


class _Answer:
    def __init__(self, probe: Probe, well: str) -> None:
        self._probe = probe
        self._well = well

    async def __call__(self, _: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                wrong = await self._probe()
        except TimeoutError:
            wrong = "no answer in time"
        except Exception as error:
            # Its text may quote an address or worse.
            _log.exception("probe failed", error=type(error).__name__)
            wrong = "the probe itself failed; the log says why"
        text = f"not {self._well}: {wrong}\n" if wrong else f"{self._well}\n"
        return web.Response(status=503 if wrong else 200, text=text, headers={"Cache-Control": "no-store"})
