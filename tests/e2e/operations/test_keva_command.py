"""The `keva` command on a running stack, as its users type it, and the conversation of `make run`."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from dev.local_stack.desk import Desk, new_number
from keva.ticket.v1 import message_pb2
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]


async def _run(*command: str, folder: Path, typed: str = "") -> tuple[int, str]:
    """Exit status, and what it wrote."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, output.decode()


async def _keva(*words: str, folder: Path, typed: str = "") -> tuple[int, str]:
    return await _run(*keva_command(*words), folder=folder, typed=typed)


@pytest.fixture
def folder(desk: Desk) -> Path:
    """The working folder of the stack, where the command finds the addresses."""
    return desk.stack.state.path.parent


async def _json(folder: Path, *arguments: str) -> Any:
    status, output = await _keva(*arguments, "--json", folder=folder)
    assert status == 0, output
    return json.loads(output)


async def test_text_of_the_simulator_shows_up_and_is_answered(desk: Desk, folder: Path) -> None:
    number = new_number()
    typed = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    status, output = await _keva(
        "sim", "text", "--from", typed, "--to", desk.account.phone_number, "hello", folder=folder
    )
    assert status == 0, output

    (ticket,) = await _json(folder, "tickets", "list", "--customer", typed)
    assert (ticket["subject"], ticket["customer_address"]) == ("hello", number)

    email = f"{ticket['ticket_id']}@example.com"
    ann = await _json(folder, "agents", "add", email, "--name", "Ann")
    status, output = await _keva(
        "tickets", "reply", str(ticket["number"]), "hi there", "--wait", "--as", email, folder=folder
    )
    assert (status, "DELIVERED" in output) == (0, True)
    shown = await _json(folder, "tickets", "show", f"#{ticket['number']}")
    assert [m["text"] for m in shown["messages"]] == ["hello", "hi there"]
    assert shown["messages"][1]["author"]["id"] == ann["agent_id"]


async def test_failed_delivery_is_explained(desk: Desk, folder: Path) -> None:
    await desk.simulator.outcome(desk.customer, "undelivered", 30005)
    await desk.text("hello")
    ticket = await desk.ticket()
    await desk.until_delivery(await desk.reply(ticket, "hi"), message_pb2.DELIVERY_STATE_FAILED)

    status, output = await _keva("tickets", "show", ticket.ticket_id, folder=folder)

    assert status == 0
    assert "30005" in output
    assert "FAILED" in output


async def test_account_is_connected_by_a_token_that_is_never_an_argument(desk: Desk, folder: Path) -> None:
    sid = desk.account.account_sid

    wrong = await _keva("twilio", "connect", "--account-sid", sid, "--auth-token-stdin", folder=folder, typed="0" * 32)
    right = await _keva(
        "twilio",
        "connect",
        "--account-sid",
        sid,
        "--auth-token-stdin",
        folder=folder,
        typed=desk.account.auth_token,
    )

    assert (wrong[0], "TWILIO_CREDENTIALS_REFUSED" in wrong[1]) == (1, True)
    assert right[0] == 0
    for _, output in (wrong, right):
        assert desk.account.auth_token not in output


async def test_a_number_is_taken_over_and_not_before_it_is_asked_for(desk: Desk, folder: Path) -> None:
    sid, number = desk.account.account_sid, desk.account.phone_number
    await desk.simulator.put_number(sid, number, sms_url="https://bot.example/in", sms_fallback_url="")
    listed = await _keva("numbers", "list", "--account-sid", sid, folder=folder)
    refused = await _keva("numbers", "configure", number, folder=folder)
    taken = await _keva("numbers", "configure", number, "--replace", folder=folder)

    assert "bot.example" in listed[1]
    assert (refused[0], "PHONE_NUMBER_ROUTED_ELSEWHERE" in refused[1]) == (1, True)
    assert taken[0] == 0, taken[1]
    assert (await desk.text("hello")).acknowledged


async def test_audit_trail_says_who_connected_the_account(desk: Desk, folder: Path) -> None:
    async with asyncio.timeout(90):
        while True:
            records = await _json(folder, "audit", "list", "--action", "credential.created", "--all")
            mine = [r for r in records if r["details"]["account_sid"] == desk.account.account_sid]
            if mine:
                break
    assert mine[0]["actor"]["id"] == "local"
    assert desk.account.auth_token not in str(records)


ELSEWHERE = (
    ("tickets", "show", "{ticket}"),
    ("tickets", "reply", "{ticket}", "hi"),
    ("tickets", "resolve", "{ticket}"),
    ("customers", "show", "{customer}"),
    ("customers", "forget", "{customer}", "--yes"),
    ("workspaces", "update", "default", "--name", "Elsewhere"),
    ("reports", "show"),
)


async def _as_it_is(folder: Path, ticket_id: str, customer_id: str) -> list[Any]:
    """The ticket with its conversation, the customer, the workspace, and what the audit trail has of the ticket."""
    shown = (
        ("tickets", "show", ticket_id),
        ("customers", "show", customer_id),
        ("workspaces", "show", "default"),
        ("audit", "list", "--ticket", ticket_id, "--all"),
    )
    return [await _json(folder, *words) for words in shown]


async def test_another_organization_reads_changes_and_erases_nothing_of_a_workspace(desk: Desk, folder: Path) -> None:
    await desk.text("my secret order")
    ticket = await desk.ticket()
    before = await _as_it_is(folder, ticket.ticket_id, ticket.customer_id)

    for words in ELSEWHERE:
        given = [word.format(ticket=ticket.ticket_id, customer=ticket.customer_id) for word in words]
        status, output = await _keva("--organization", "nope", "--workspace", "default", *given, folder=folder)

        # Not found, and why: that is another organization's.
        assert (status, "secret" in output, desk.customer in output) == (3, False, False), output
        assert "There is no workspace default in the organization nope. (WORKSPACE_NOT_FOUND)" in output, words
        assert "--organization" in output

    assert await _as_it_is(folder, ticket.ticket_id, ticket.customer_id) == before


async def test_make_run_once_plays_its_conversation(tmp_path: Path) -> None:
    status, output = await _run(
        sys.executable, "-m", "dev.local_stack", "--demo", "--once", "--folder", str(tmp_path), folder=tmp_path
    )

    assert status == 0, output
    for said in (
        "opens ticket #1",
        "joins ticket #1",
        "DELIVERED",
        "CLOSED",
        "opens ticket #2",
        "Every step came true",
    ):
        assert said in output
