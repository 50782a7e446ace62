"""Twilio accounts: checked with Twilio before they are kept, and their numbers as Twilio lists them."""

import asyncio
import base64
import json
import secrets
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.sms_service.conftest import ORGANIZATION, Sms


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def _accounts(sms: Sms) -> list[pb.TwilioAccount]:
    answer = await sms.stub.ListTwilioAccounts(pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION))
    return list(answer.accounts)


async def _numbers(sms: Sms, **fields: Any) -> Any:
    request = pb.ListPhoneNumbersRequest(organization_id=ORGANIZATION, account_sid=sms.account_sid, **fields)
    return await sms.stub.ListPhoneNumbers(request, timeout=90)


async def test_connected_account_is_listed_with_its_last_four(sms: Sms) -> None:
    account = await sms.connect()

    assert account.display_name == "Desk"
    (listed,) = await _accounts(sms)
    assert listed.auth_token_last_four == sms.auth_token[-4:]
    assert sms.auth_token not in str(listed)


async def test_refused_pair_is_not_stored_and_says_why(sms: Sms) -> None:
    error = await _error(sms.connect(auth_token="wrong" * 6))

    assert (error.reason, error.metadata["twilio_code"]) == ("TWILIO_CREDENTIALS_REFUSED", "20003")
    assert "Twilio console" in error.message
    assert "wrong" not in error.message
    assert not await _accounts(sms)


async def test_account_that_twilio_does_not_know_is_refused(sms: Sms) -> None:
    sms.account_sid = "AC" + secrets.token_hex(16)

    assert (await _error(sms.connect())).reason == "TWILIO_CREDENTIALS_REFUSED"


@pytest.mark.parametrize(
    ("account_sid", "token", "field"),
    [
        pytest.param("banana", "t" * 32, "account_sid", id="no Account SID"),
        pytest.param("", "t" * 32, "account_sid", id="no account"),
        pytest.param(None, "has a space", "auth_token", id="token with a space"),
        pytest.param(None, "é" * 32, "auth_token", id="token that is not ASCII"),
    ],
)
async def test_what_cannot_be_is_refused_before_twilio_is_asked(
    sms: Sms, account_sid: str | None, token: str, field: str
) -> None:
    sms.account_sid = sms.account_sid if account_sid is None else account_sid

    error = await _error(sms.connect(auth_token=token))

    assert error.metadata["field"] == field
    assert token not in error.message


async def test_token_of_a_wrong_form_is_refused_in_the_same_words_wherever_it_is_given(sms: Sms) -> None:
    named = {"organization_id": ORGANIZATION, "account_sid": sms.account_sid, "auth_token": "has a space"}
    at_its_keeper = sms.credentials.CreateCredential(credentials_service_pb2.CreateCredentialRequest(**named))
    rotating = sms.stub.RotateAuthToken(pb.RotateAuthTokenRequest(**named, step=pb.ROTATION_STEP_ADD))

    errors = [await _error(call) for call in (sms.connect(auth_token="has a space"), rotating, at_its_keeper)]

    assert len({error.message for error in errors}) == 1
    assert {error.metadata["field"] for error in errors} == {"auth_token"}


async def test_connecting_again_replaces_the_token(sms: Sms) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    account = await sms.connect(auth_token=new)

    assert account.auth_token_last_four == new[-4:]
    assert await _stored(sms) == [new]


async def _stored(sms: Sms) -> list[str]:
    request = credentials_service_pb2.AccessCredentialRequest(account_sid=sms.account_sid)
    return [token.auth_token for token in (await sms.credentials.AccessCredential(request)).auth_tokens]


async def test_a_secondary_token_does_not_erase_the_one_that_signs(sms: Sms) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)

    error = await _error(sms.connect(auth_token=new))

    assert error.reason == "AUTH_TOKEN_NOT_PROMOTED"
    assert "keva twilio rotate --new" in error.message
    assert await _stored(sms) == [sms.auth_token]
    webhook = sms.webhook(MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number)
    assert (await sms.inbound(webhook))[0].HasField("verified")


async def test_during_a_rotation_the_token_that_is_in_use_can_be_connected_again_and_the_coming_one_cannot(
    sms: Sms,
) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    request = credentials_service_pb2.AddCredentialVersionRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, auth_token=new
    )
    await sms.credentials.AddCredentialVersion(request)

    assert (await _error(sms.connect(auth_token=new))).reason == "AUTH_TOKEN_NOT_PROMOTED"
    assert sorted(await _stored(sms)) == sorted([sms.auth_token, new])
    await sms.connect()

    assert await _stored(sms) == [sms.auth_token]


async def test_account_of_another_organization_is_taken(sms: Sms) -> None:
    await sms.connect(organization_id="first")

    assert (await _error(sms.connect(organization_id="second"))).reason == "TWILIO_ACCOUNT_TAKEN"


async def test_disconnected_account_verifies_nothing(sms: Sms) -> None:
    await sms.connect()
    webhook = sms.webhook(MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number)
    assert (await sms.inbound(webhook))[0].HasField("verified")

    request = pb.DisconnectTwilioAccountRequest(organization_id=ORGANIZATION, account_sid=sms.account_sid)
    await sms.stub.DisconnectTwilioAccount(request)

    assert (await sms.inbound(webhook))[0].HasField("refusal")
    assert (await _error(sms.stub.DisconnectTwilioAccount(request))).reason == "TWILIO_ACCOUNT_NOT_FOUND"


@pytest.mark.parametrize("fault", ["500_before", "html_502", "drop_before", "drop_after", "latency"])
async def test_twilio_down_is_unavailable(sms: Sms, fault: str) -> None:
    await sms.simulator.fault("fetch_account", fault, milliseconds=3000, times=10)

    assert (await _error(sms.connect())).reason == "TWILIO_UNAVAILABLE"
    assert not await _accounts(sms)


async def test_numbers_are_paged_to_the_end_and_only_those_for_sms(sms: Sms) -> None:
    for i in range(5):
        await sms.simulator.put_number(sms.account_sid, f"+1206555010{i}", friendly_name=f"Line {i}")
    await sms.simulator.put_number(sms.account_sid, "+12065550999", capabilities=["voice"])
    await sms.connect()

    found, token = [], ""
    while True:
        page = await _numbers(sms, page_size=2, page_token=token)
        found += [number.phone_number for number in page.phone_numbers]
        token = page.next_page_token
        if not token:
            break

    assert sorted(found) == sorted([sms.number, *(f"+1206555010{i}" for i in range(5))])
    (voice,) = (await _numbers(sms, phone_number="(206) 555-0999", include_not_sms_capable=True)).phone_numbers
    assert not voice.sms_capable
    assert not (await _numbers(sms, phone_number="(206) 555-0999")).phone_numbers


def _forged(token: str, *position: object) -> str:
    """The page token with another position: its fingerprint is not secret."""
    fingerprint = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))[0]
    return base64.urlsafe_b64encode(json.dumps([fingerprint, *position]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "position",
    [
        pytest.param(["banana", "x"], id="no page number"),
        pytest.param([1], id="half"),
        pytest.param([-1, "PA1.1"], id="negative"),
        pytest.param([1, {"a": 1}], id="no text"),
        pytest.param([1, "banana"], id="one that Twilio refuses"),
        pytest.param([1, "PA1.1", 2], id="too much"),
    ],
)
async def test_forged_page_token_is_refused(sms: Sms, position: list[object]) -> None:
    await sms.simulator.put_number(sms.account_sid, "+12065550101")
    await sms.connect()
    token = (await _numbers(sms, page_size=1)).next_page_token

    error = await _error(_numbers(sms, page_size=1, page_token=_forged(token, *position)))

    assert error.reason == "PAGE_TOKEN_INVALID"


async def test_page_token_of_another_account_is_refused(sms: Sms) -> None:
    await sms.simulator.put_number(sms.account_sid, "+12065550101")
    await sms.connect()
    token = (await _numbers(sms, page_size=1)).next_page_token

    assert (await _error(_numbers(sms, page_token=token, phone_number=sms.number))).reason == "PAGE_TOKEN_INVALID"
    assert (await _error(_numbers(sms, page_size=-1))).metadata["field"] == "page_size"


async def test_account_that_cannot_be_decrypted_says_so_and_can_be_connected_anew(
    sms: Sms, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[f"{database}_credentials"]["credentials"].update_one(
            {"account_sid": sms.account_sid}, {"$set": {"versions.0.ciphertext": b"\0" * 60}}
        )

    error = await _error(_numbers(sms))

    assert error.reason == "INTERNAL"
    assert "connect the account again" in error.message
    assert error.metadata["error_id"] in error.message
    await sms.connect()
    assert (await _numbers(sms)).phone_numbers


async def test_operators_who_connect_at_once_leave_one_working_token(sms: Sms) -> None:
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    results = await asyncio.gather(*(sms.connect(auth_token=new) for _ in range(6)), return_exceptions=True)

    failed = [as_keva_error(result) for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert {error.reason for error in failed} <= {"CONCURRENT_UPDATE"}
    assert (await sms.connect(auth_token=new)).auth_token_last_four == new[-4:]
    assert (await _numbers(sms)).phone_numbers


async def test_numbers_are_refused_with_reasons(sms: Sms) -> None:
    assert (await _error(_numbers(sms))).reason == "TWILIO_ACCOUNT_NOT_FOUND"
    await sms.connect()
    assert (await _error(_numbers(sms, phone_number="banana"))).reason == "PHONE_NUMBER_INVALID"
    assert (await _error(_numbers(sms, page_token="banana"))).reason == "PAGE_TOKEN_INVALID"
    await sms.simulator.fault("list_numbers", "429", times=1)
    assert (await _error(_numbers(sms))).reason == "TWILIO_RATE_LIMITED"
    # Twilio's console has made a new token, and nobody told us.
    await sms.simulator.create_secondary_token(sms.account_sid)
    await sms.simulator.promote_secondary_token(sms.account_sid)
    assert (await _error(_numbers(sms))).reason == "TWILIO_CREDENTIALS_REFUSED"
