"""The gRPC side of the console: ConsoleService, for operators alone."""

import asyncio

from console.parts import Parts
from console.rpc.agent_client import AgentClient
from console.rpc.console_servicer import ConsoleServicer
from keva.console.v1 import console_service_pb2_grpc
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc.agents_at_the_door import remembered
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.server import GrpcServer

_NAMES = ("keva.console.v1.ConsoleService",)


def build_rpc_server(parts: Parts) -> GrpcServer:
    """The server, which holds all calls until it is set ready."""
    settings = parts.settings
    checks = CallerChecks(settings.policy, require_agent=remembered(AgentClient(parts.services).require))
    server = GrpcServer(_NAMES, CertificateFolder(settings.tls_dir), checks, settings.reflection, as_keva_error)
    servicer = ConsoleServicer(parts.signing_in, settings.console_url)
    console_service_pb2_grpc.add_ConsoleServiceServicer_to_server(servicer, server.grpc)
    server.hold()
    return server


async def serve_until(
    stopped: asyncio.Event, server: GrpcServer, prepared: asyncio.Event, drain_seconds: float
) -> None:
    """Takes calls once the database is prepared, and drains when the process is to end."""
    ready = asyncio.create_task(_when(prepared, server))
    try:
        await stopped.wait()
    finally:
        ready.cancel()
        await server.drain(drain_seconds / 2)


async def _when(prepared: asyncio.Event, server: GrpcServer) -> None:
    await prepared.wait()
    await server.set_ready()
