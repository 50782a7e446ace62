"""Metrics over HTTP for Prometheus, on a port of their own."""

import contextlib
from collections.abc import Iterator

import structlog
from prometheus_client import start_http_server

from servicekit.addresses import CannotListen

_log = structlog.get_logger(__name__)


@contextlib.contextmanager
def served(listen: str) -> Iterator[None]:
    """Serves this process's metrics at `listen` (host:port; nowhere when it is empty). Raises CannotListen when that is
    not possible."""
    if not listen:
        yield
        return
    host, _, port = listen.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"))
    except OSError:
        raise CannotListen(listen) from None
    _log.info("metrics served", address=listen)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
