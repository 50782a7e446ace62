"""What `keva` imports before it does anything: nothing that takes long and that the command does not use."""

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest

from keva.ticket.v1 import channel_service_pb2

# What takes longest, and what it is for.
_SERVICES = {"grpc", "cryptography"}
_TABLES = {"rich"}
_NUMBERS = {"phonenumbers"}
_NEVER = {"google.rpc", "structlog", "aiohttp", "uvloop", "yaml", "numpy", "pydantic_settings", "motor", "dev"}

_RUN = """
import sys
from cli.__main__ import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
_ALL_COMMANDS = """
import sys
import typer.main
from cli.app import app

def build(group):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if hasattr(command, "list_commands"):
            build(command)

build(typer.main.get_command(app))
print(*sys.modules, file=sys.stderr)
"""


def _imported(program: str, *arguments: str, environment: dict[str, str] | None = None) -> set[str]:
    """What a new interpreter has imported once it has run `program`, by the names above."""
    whole = {**os.environ, **(environment or {})}
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=100, env=whole
    )
    modules = set(ended.stderr.splitlines()[-1].split())
    return {name for name in _SERVICES | _TABLES | _NUMBERS | _NEVER | {"google.protobuf"} if name in modules}


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_what_is_about_keva_itself_needs_no_api(argument: str) -> None:
    # Typer draws its help with rich.
    assert _imported(_RUN, argument) <= _TABLES


def test_the_help_of_any_command_needs_no_service() -> None:
    assert _imported(_ALL_COMMANDS) == {"google.protobuf"}


async def test_a_command_imports_only_what_it_uses(keva: Any) -> None:
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()

    environment = keva.whole_environment()
    # Its services answer from this process.
    imported = await asyncio.to_thread(_imported, _RUN, "channels", "list", "--json", environment=environment)

    assert imported == _SERVICES | {"google.protobuf"}
