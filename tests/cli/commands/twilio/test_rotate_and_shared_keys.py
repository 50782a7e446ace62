"""`keva twilio rotate` and `keva twilio shared-keys`. No secret is an argument, and none is printed."""

import json
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from keva.sms.v1 import sms_service_pb2 as pb

SID, TOKEN, KEY_ID = "AC" + "0123456789abcdef" * 2, "5ec2e7" * 5 + "bb", "webhooks_sharedkey_1"
SHARED_KEY = pb.SharedKey(
    shared_key_id=KEY_ID, algorithm=pb.SIGNING_ALGORITHM_HMAC_SHA256, create_time=Timestamp(seconds=1_790_000_000)
)
CHANGING = pb.TwilioAccount(
    account_sid=SID,
    auth_token_last_four="e7aa",
    next_auth_token_last_four="e7bb",
    rotation_start_time=Timestamp(seconds=1_790_000_000),
    shared_keys=[SHARED_KEY],
)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """An account whose token is being changed."""
    keva.sms_service.answers.update(
        RotateAuthToken=pb.RotateAuthTokenResponse(account=CHANGING),
        AddSharedKey=pb.AddSharedKeyResponse(account=CHANGING),
        DeleteSharedKey=pb.DeleteSharedKeyResponse(account=CHANGING),
        ListTwilioAccounts=pb.ListTwilioAccountsResponse(accounts=[CHANGING]),
    )


async def test_the_new_token_is_read_and_the_next_step_is_told(keva: Any) -> None:
    result = await keva(
        "twilio", "rotate", "--new", "--account-sid", SID, "--auth-token-stdin", stdin=TOKEN.encode() + b"\n"
    )

    assert result.status == 0
    assert keva.sms_service.last() == pb.RotateAuthTokenRequest(
        organization_id="default", account_sid=SID, step=pb.ROTATION_STEP_ADD, auth_token=TOKEN
    )
    assert "keva twilio rotate --promote" in result.output
    assert TOKEN not in result.output + result.error


@pytest.mark.parametrize(
    ("option", "step"), [("--promote", pb.ROTATION_STEP_PROMOTE), ("--cancel", pb.ROTATION_STEP_CANCEL)]
)
async def test_the_other_steps_need_no_token(keva: Any, option: str, step: pb.RotationStep.ValueType) -> None:
    result = await keva("twilio", "rotate", option, "--account-sid", SID)

    assert result.status == 0
    assert (keva.sms_service.last().step, keva.sms_service.last().auth_token) == (step, "")
    assert "ending in e7aa is in use" in result.output


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="no step"),
        pytest.param(["--new", "--promote"], id="two steps"),
        pytest.param(["--promote", "--auth-token-stdin"], id="a token where none belongs"),
    ],
)
async def test_a_step_that_is_not_clear_is_wrong_usage(keva: Any, options: list[str]) -> None:
    result = await keva("twilio", "rotate", "--account-sid", SID, *options)

    assert result.status == 2
    assert not keva.sms_service.requests


async def test_the_list_says_that_a_token_is_being_changed_and_since_when(keva: Any) -> None:
    result = await keva("twilio", "list")

    assert "is being changed (begun on 2026-" in result.output
    assert "--promote" in result.output


async def test_doctor_notes_a_token_that_is_being_changed(keva: Any) -> None:
    result = await keva("doctor")

    assert f"Auth Token of {SID}" in result.output.replace("\n", "")


async def test_a_shared_key_is_added_with_its_secret_from_standard_input(keva: Any) -> None:
    result = await keva(
        *("twilio", "shared-keys", "add", KEY_ID, "--account-sid", SID, "--secret-stdin"), stdin=TOKEN.encode()
    )

    assert result.status == 0
    assert keva.sms_service.last() == pb.AddSharedKeyRequest(
        organization_id="default",
        account_sid=SID,
        shared_key_id=KEY_ID,
        algorithm=pb.SIGNING_ALGORITHM_HMAC_SHA256,
        secret=TOKEN,
    )
    assert TOKEN not in result.output + result.error


async def test_shared_keys_are_listed_and_removed(keva: Any) -> None:
    listed = await keva("twilio", "shared-keys", "list")
    removed = await keva("twilio", "shared-keys", "remove", KEY_ID, "--account-sid", SID, "--yes", "--json")

    assert KEY_ID in listed.output
    assert "HMAC_SHA256" in listed.output
    assert keva.sms_service.last().shared_key_id == KEY_ID
    assert json.loads(removed.output)["account_sid"] == SID
