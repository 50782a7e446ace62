"""What people are told while something is down: what it is, and nothing else."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from dev.local_stack.desk import Desk, RunningStack
from keva.ticket.v1 import message_pb2
from tests.e2e.conftest import StartStack
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
BEHIND = ("ticket_service", "sms_service", "credentials_service")
# By command, who is asked, and whose database that one needs.
COMMANDS = {
    ("tickets", "list"): "ticket_service",
    ("customers", "list"): "ticket_service",
    ("channels", "list"): "ticket_service",
    ("workspaces", "list"): "ticket_service",
    ("audit", "list"): "ticket_service",
    ("keys", "list"): "credentials_service",
    ("twilio", "list"): "sms_service",
    ("numbers", "list"): "sms_service",
}


async def _keva(running: RunningStack, *arguments: str) -> tuple[int, str]:
    """Exit status, and all that was said, for a command in the stack's folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    process = await asyncio.create_subprocess_exec(
        *keva_command(*arguments),
        cwd=running.stack.state.path.parent,
        env={**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "400"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, " ".join(output.decode().split())


async def _said(running: RunningStack) -> dict[tuple[str, str], str]:
    """What each command says."""
    said = {command: await _keva(running, *command) for command in COMMANDS}
    assert {status for status, _ in said.values()} <= {0, 4, 5}, said
    return {command: text for command, (_, text) in said.items()}


async def _waits(desk: Desk, reply: message_pb2.Message) -> str:
    """Why the reply waits, once somebody says so."""
    async with asyncio.timeout(90):
        while True:
            stored = {m.message_id: m.delivery for m in await desk.messages(await desk.ticket())}
            if stored[reply.message_id].error_text:
                return stored[reply.message_id].error_text
            await asyncio.sleep(0.1)


def _lines(running: RunningStack, service: str) -> list[dict[str, Any]]:
    """What a service has logged."""
    log = running.stack.state.path.parent / f"{service}.log"
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def _alarms(running: RunningStack) -> list[dict[str, Any]]:
    """What nobody should be woken for because a database is away."""
    lines = [line for service in ("gateway", *BEHIND) for line in _lines(running, service)]
    assert lines
    return [line for line in lines if line["level"] in ("error", "critical") or "exception" in line]


async def test_without_mongod_every_command_names_the_database(start_stack: StartStack) -> None:
    async with start_stack() as running:
        desk = await running.open_desk()
        await desk.text("hello")
        await running.stack.kill("mongod")

        for command, text in (await _said(running)).items():
            whose = "credentials_service" if COMMANDS[command] == "sms_service" else COMMANDS[command]
            assert "database" in text, (command, text)
            assert whose in text, (command, text)
            assert "keva up" not in text, (command, text)
        status, found = await _keva(running, "doctor")
        assert status == 1
        assert "takes no texts" in found
        assert (await desk.text("lost")).acknowledged is False
        assert not _alarms(running)
        assert any(line.get("database_of") == "ticket_service" for line in _lines(running, "gateway"))


async def test_without_credentials_service_every_command_names_it(start_stack: StartStack) -> None:
    async with start_stack() as running:
        desk = await running.open_desk()
        await desk.text("hello")
        await running.stack.kill("credentials_service")
        await running.stack.kill("sms_service")
        await running.stack.restart("sms_service")

        said = await _said(running)
        for command in (("twilio", "list"), ("numbers", "list"), ("keys", "list")):
            assert "credentials_service does not answer" in said[command], said[command]
            assert "sms_service does not answer" not in said[command]
        assert "does not answer" not in said["tickets", "list"]

        reply = await desk.reply(await desk.ticket(), "late but here")
        assert "credentials_service does not answer" in await _waits(desk, reply)
        _, shown = await _keva(running, "tickets", "show", str((await desk.ticket()).number))
        assert "Not sent yet: credentials_service does not answer" in shown

        await running.stack.restart("credentials_service")
        await desk.until_delivery(reply)
