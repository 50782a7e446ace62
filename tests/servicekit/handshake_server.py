"""A process with a server whose certificates are in a folder: `python -m tests.servicekit.handshake_server FOLDER`.
Prints its port."""

import asyncio
import sys
from pathlib import Path

from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.server import GrpcServer
from tests import identities


async def _serve(folder: Path) -> None:
    server = GrpcServer((), CertificateFolder(folder), identities.checks(), reflect=False)
    print(await server.start("127.0.0.1:0"), flush=True)
    await server.grpc.wait_for_termination()


asyncio.run(_serve(Path(sys.argv[1])))
