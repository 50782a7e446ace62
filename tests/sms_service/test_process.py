"""`python -m sms_service` as an operator runs it."""

import asyncio
import os
import sys

import pytest

from dev.forking.client import ForkServer
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import grpc_serving
from tests.identities import environment_of, tls_dir

COMMAND = [sys.executable, "-m", "sms_service"]


def _environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    return {**inherited, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **settings}


async def test_it_becomes_serving_and_ends_on_sigterm(mongod: Mongod, database: str, forks: ForkServer) -> None:
    port, lines = free_port(), list[str]()
    settings = {
        "KEVA_GRPC_LISTEN": f"127.0.0.1:{port}",
        "KEVA_MONGODB_URI": mongod.uri,
        "KEVA_MONGODB_DATABASE": database,
        "KEVA_CREDENTIALS_SERVICE": f"127.0.0.1:{free_port()}",
        "KEVA_TICKET_SERVICE": f"127.0.0.1:{free_port()}",
        "KEVA_PUBLIC_URL": "https://sms.example.com",
        "KEVA_DRAIN_SECONDS": "1",
        **environment_of("sms_service"),
    }
    process = await forks.start("sms_service", COMMAND, _environment(**settings), lambda _, line: lines.append(line))

    await asyncio.wait_for(grpc_serving(f"127.0.0.1:{port}", "sms_service", tls_dir("operator")), 90)

    assert await process.stop() == 0
    assert all(line.startswith("{") for line in lines)
    assert not [line for line in lines if "exception" in line]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        pytest.param({"KEVA_PUBLIC_URL": "sms.example.com"}, "KEVA_PUBLIC_URL", id="public URL without a scheme"),
        pytest.param({"KEVA_TWILIO_API_URL": "ftp://x"}, "KEVA_TWILIO_API_URL", id="Twilio by FTP"),
        pytest.param({"KEVA_DEFAULT_REGION": "usa"}, "KEVA_DEFAULT_REGION", id="no region"),
        pytest.param(
            {
                "KEVA_TWILIO_TIMEOUT_SECONDS": "15",
                **environment_of("sms_service"),
                "KEVA_MONGODB_URI": "mongodb://127.0.0.1",
                "KEVA_CREDENTIALS_SERVICE": "127.0.0.1:1",
                "KEVA_TICKET_SERVICE": "127.0.0.1:1",
                "KEVA_PUBLIC_URL": "https://sms.example.com",
            },
            "KEVA_SEND_LEASE_SECONDS",
            id="a lease that two requests outlive",
        ),
        pytest.param({}, "KEVA_CREDENTIALS_SERVICE", id="nothing is set"),
    ],
)
async def test_wrong_settings_are_named(settings: dict[str, str], complaint: str, forks: ForkServer) -> None:
    lines: list[str] = []
    process = await forks.start("sms_service", COMMAND, _environment(**settings), lambda _, line: lines.append(line))

    assert await asyncio.wait_for(process.exited, 90) == 2
    assert complaint in "\n".join(lines)
