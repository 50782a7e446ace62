"""`keva twilio connect`, `list` and `disconnect`. The Auth Token is never an argument and never printed."""

import asyncio
import json
import os
import pty
from pathlib import Path
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2 as pb
from servicekit import errors
from tests.keva_command import keva_command

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "5ec2e7" * 5 + "aa"
ACCOUNT = pb.TwilioAccount(account_sid=SID, display_name="Acme", auth_token_last_four="e7aa")


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One account."""
    keva.sms_service.answers.update(
        ConnectTwilioAccount=pb.ConnectTwilioAccountResponse(account=ACCOUNT),
        ListTwilioAccounts=pb.ListTwilioAccountsResponse(accounts=[ACCOUNT]),
        DisconnectTwilioAccount=pb.DisconnectTwilioAccountResponse(),
    )


async def test_connect_reads_the_token_from_standard_input_and_says_what_comes_next(keva: Any) -> None:
    result = await keva("twilio", "connect", "--account-sid", SID, "--auth-token-stdin", stdin=TOKEN.encode() + b"\r\n")

    assert result.status == 0
    expected = pb.ConnectTwilioAccountRequest(organization_id="default", account_sid=SID, auth_token=TOKEN)
    assert keva.sms_service.last() == expected
    for shown in ("keva numbers list", "keva channels add"):
        assert shown in result.output
    assert TOKEN not in result.output + result.error


async def test_connect_reads_the_token_from_a_file(keva: Any, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")

    result = await keva("twilio", "connect", "--account-sid", SID, "--auth-token-file", "token", "--json")

    assert result.status == 0
    assert keva.sms_service.last().auth_token == TOKEN
    assert json.loads(result.output)["auth_token_last_four"] == "e7aa"


async def test_connect_asks_for_the_token_without_showing_it(keva: Any) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *keva_command("twilio", "connect", "--account-sid", SID),
        cwd=keva.folder,
        env=keva.whole_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while b"not shown): " not in seen:
        seen += await asyncio.to_thread(os.read, ours, 1000)
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    os.write(ours, TOKEN.encode() + b"\n")
    while chunk := await asyncio.to_thread(read_or_nothing, ours):
        seen += chunk

    assert await process.wait() == 0
    assert keva.sms_service.last().auth_token == TOKEN
    assert TOKEN.encode() not in seen + arguments
    os.close(ours)


def read_or_nothing(terminal: int) -> bytes:
    """Some output, or nothing once nobody writes any more."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--account-sid", SID, "--auth-token", TOKEN), id="as an argument"),
        pytest.param(("--account-sid", SID, f"--auth-token={TOKEN}"), id="as an argument with ="),
        pytest.param(("--account-sid", TOKEN, "--auth-token-stdin"), id="in the wrong place"),
        pytest.param(("--account-sid", SID), id="nobody to ask"),
        pytest.param(("--account-sid", SID, "--auth-token-stdin"), id="empty"),
    ],
)
async def test_connect_refuses_a_token_that_is_given_wrongly(keva: Any, arguments: tuple[str, ...]) -> None:
    result = await keva("twilio", "connect", *arguments)

    assert result.status == 2
    assert TOKEN not in result.output + result.error
    assert keva.sms_service.requests == []


async def test_connect_explains_a_refusal(keva: Any) -> None:
    keva.sms_service.answers["ConnectTwilioAccount"] = errors.FailedPrecondition(
        "TWILIO_CREDENTIALS_REFUSED", "Twilio refuses the Account SID and Auth Token", twilio_code="20003"
    )

    result = await keva("twilio", "connect", "--account-sid", SID, "--auth-token-stdin", stdin=TOKEN.encode())

    assert result.status == 1
    assert "Twilio refuses the Account SID and Auth Token. (TWILIO_CREDENTIALS_REFUSED)" in result.error
    assert "console" in result.error


async def test_list_shows_the_end_of_the_token_only(keva: Any) -> None:
    result = await keva("twilio", "list")

    assert result.status == 0
    assert SID in result.output
    assert "…e7aa" in result.output


async def test_disconnect_asks_first(keva: Any) -> None:
    refused = await keva("twilio", "disconnect", SID, stdin=b"y\n")
    assert refused.status == 2
    assert "--yes" in refused.error
    assert keva.sms_service.requests == []

    assert (await keva("twilio", "disconnect", SID, "--yes")).status == 0
    assert keva.sms_service.last().account_sid == SID


async def test_list_says_what_twilio_refuses_to_send_from(keva: Any) -> None:
    stopped = [
        pb.StoppedSender(phone_number="+15550001111", error_code=30034, error_text="Register it."),
        pb.StoppedSender(error_code=20003, error_text="Connect it again."),
    ]
    account = pb.TwilioAccount(account_sid=SID, stopped_senders=stopped)
    keva.sms_service.answers["ListTwilioAccounts"] = pb.ListTwilioAccountsResponse(accounts=[account])

    result = await keva("twilio", "list")

    assert "nothing is sent from +15550001111" in result.output
    assert "30034" in result.output
    assert "Register it." in result.output
    assert f"nothing is sent from any number of {SID}" in result.output
