"""A gRPC channel that is opened again when its certificate is renewed: gRPC's own keeps the first one for ever."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Self

import grpc

from servicekit import limits
from servicekit.rpc.certificates import CertificateFolder, Certificates

_LOOK_SECONDS = 1.0

Open = Callable[[Certificates], grpc.aio.Channel]
Complete = Callable[[str, dict[str, Any]], dict[str, Any]]


class RenewingChannel(grpc.aio.Channel):
    """Calls go to the channel that was opened with the current certificates; calls that run stay where they are.

    The files are looked at once a second at most, when a call is made. `complete` gets a method's kind and the options
    of each call (timeout, metadata, wait_for_ready, …), and gives those that the call is made with.
    """

    def __init__(self, folder: CertificateFolder, open_with: Open, complete: Complete) -> None:
        self._complete = complete
        self._folder = folder
        self._open = open_with
        self._certificates = folder.current()
        self._channel = open_with(self._certificates)
        self._looked = time.monotonic()
        self._methods: dict[tuple[str, str], Any] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def current(self) -> grpc.aio.Channel:
        """The channel for the next call."""
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            certificates = self._folder.current()
            if certificates is not self._certificates:
                self._replace(certificates)
        return self._channel

    def _replace(self, certificates: Certificates) -> None:
        # A stream is ended then, and taken up again by its reader.
        closing = asyncio.get_running_loop().create_task(self._channel.close(limits.CONNECTION_GRACE_SECONDS))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._certificates, self._channel = certificates, self._open(certificates)
        self._methods.clear()

    def _method(self, kind: str, path: str, *given: Any, **named: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            channel = self.current()
            if (kind, path) not in self._methods:
                self._methods[kind, path] = getattr(channel, kind)(path, *given, **named)
            return self._methods[kind, path](*arguments, **self._complete(kind, options))

        return call

    def unary_unary(self, method: str, *given: Any, **named: Any) -> Any:
        return self._method("unary_unary", method, *given, **named)

    def unary_stream(self, method: str, *given: Any, **named: Any) -> Any:
        return self._method("unary_stream", method, *given, **named)

    def stream_unary(self, method: str, *given: Any, **named: Any) -> Any:
        return self._method("stream_unary", method, *given, **named)

    def stream_stream(self, method: str, *given: Any, **named: Any) -> Any:
        return self._method("stream_stream", method, *given, **named)

    async def close(self, grace: float | None = None) -> None:
        for closing in list(self._closing):
            closing.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._channel.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self.current().get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self.current().channel_ready()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
