"""The HTTP calls of the control API's Python client."""

import io
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

# Where the simulator, and whoever orders something of it, is told the token that it asks for.
CONTROL_SETTING = "KEVA_SIMULATOR_TOKEN"


class SimulatorError(Exception):
    """The simulator refused a control call. `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ControlConnection:
    """Open it inside the running event loop; close it."""

    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(
        self, method: str, path: str, body: object = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The answer's JSON. Raises SimulatorError, or TimeoutError when a wait took too long."""
        if self._session is None:
            raise RuntimeError("use SimulatorClient with 'async with'")
        url = f"{self._base_url}/control{path}"
        # As a stream: media may make it large.
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        async with self._session.request(method, url, data=data, headers=headers, params=query) as response:
            answer: dict[str, Any] = await response.json()
        if response.status == 408:
            raise TimeoutError(answer["error"])
        if response.status >= 400:
            raise SimulatorError(response.status, answer["error"])
        return answer
