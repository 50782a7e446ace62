"""`keva doctor` and how the AI speaks, on a whole Keva of the test's own: what it finds is about all of it."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import routing_pb2
from tests.e2e.conftest import StartStack
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


async def _keva(running: RunningStack, *arguments: str) -> tuple[int, Any]:
    """Exit status, and what it printed, for a command in the stack's folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    process = await asyncio.create_subprocess_exec(
        *keva_command(*arguments, "--json"),
        cwd=running.stack.state.path.parent,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(output)


async def _doctor(running: RunningStack) -> tuple[int, dict[str, Any]]:
    status, report = await _keva(running, "doctor")
    return status, {finding["subject"]: finding for finding in report["findings"]}


async def test_doctor_finds_a_whole_keva_well_and_then_what_is_missing(start_stack: StartStack) -> None:
    async with start_stack() as running:
        await running.open_desk(auto_assign=THE_AI)
        status, found = await _doctor(running)
        assert status == 0, found
        assert found["AI"]["facts"] == {"mode": "KNOWLEDGE_BASE", "model": ""}
        assert found["articles of default"]["facts"]["sections"] > 0
        assert found["Twilio accounts"]["facts"] == {"accounts": 1}

        _, sales = await _keva(running, "workspaces", "add", "Sales")
        await running.open_desk(auto_assign=THE_AI, workspace_id=sales["workspace_id"])
        await running.stack.kill("responder_service")
        status, found = await _doctor(running)
        assert status == 1
        assert found["responder"]["condition"] == found["AI"]["condition"] == "NO_ANSWER"

        await running.stack.restart("responder_service")
        status, found = await _doctor(running)
        assert status == 1
        problems = {subject for subject, finding in found.items() if finding["condition"] not in ("OK", "NOTE")}
        assert problems == {f"articles of {sales['workspace_id']}"}


async def test_how_the_ai_speaks_is_kept_field_by_field(running: RunningStack) -> None:
    _, workspace = await _keva(running, "workspaces", "add", "Orders")
    update = ("workspaces", "update", workspace["workspace_id"])
    await _keva(running, *update, "--tone", "brief", "--language", "en", "--hand-off-rule", "wholesale")

    status, _ = await _keva(running, *update, "--no-languages", "--hand-off-notice", "", "--max-ai-replies", "2")
    assert status == 0

    _, shown = await _keva(running, "workspaces", "show", workspace["workspace_id"])
    assert shown["ai_profile"] == {
        "business_name": "",
        "tone": "brief",
        "business_hours": "",
        "languages": [],
        "hand_off_rules": ["wholesale"],
        "hand_off_notice": "",
        "max_replies_in_a_row": 2,
        "max_replies_per_channel_per_day": 1000,
        "max_replies_per_customer_per_hour": 20,
    }
