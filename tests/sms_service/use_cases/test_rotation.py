"""From one Auth Token to the next, and SharedKeys, with Twilio's word on what signs in."""

import secrets
from typing import Any

import grpc
import pytest

from dev.twilio_simulator.signature import sign
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.sms_service.conftest import ORGANIZATION, Sms

KEY_ID, SECRET = "webhooks_sharedkey_1", "5ec2e7" * 6
SETTINGS = f"key={KEY_ID},algorithm=HMAC_SHA256"
ADD, PROMOTE, CANCEL = pb.ROTATION_STEP_ADD, pb.ROTATION_STEP_PROMOTE, pb.ROTATION_STEP_CANCEL


async def _rotate(
    sms: Sms, step: pb.RotationStep.ValueType, token: str = "", organization: str = ORGANIZATION
) -> pb.TwilioAccount:
    request = pb.RotateAuthTokenRequest(
        organization_id=organization, account_sid=sms.account_sid, step=step, auth_token=token
    )
    return (await sms.stub.RotateAuthToken(request, timeout=90)).account


async def _refused(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def _verified(sms: Sms, token: str) -> bool:
    webhook = sms.webhook(token=token, MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number)
    return (await sms.inbound(webhook))[0].HasField("verified")


async def _begun(sms: Sms) -> str:
    """The new token, which is known here and not promoted at Twilio."""
    await sms.connect()
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await _rotate(sms, ADD, new)
    return new


async def test_both_tokens_verify_until_the_new_one_is_promoted(sms: Sms) -> None:
    new = await _begun(sms)
    assert await _verified(sms, sms.auth_token)
    assert await _verified(sms, new)

    await sms.simulator.promote_secondary_token(sms.account_sid)
    await _rotate(sms, PROMOTE)

    assert await _verified(sms, new)
    assert not await _verified(sms, sms.auth_token)


async def test_the_list_says_that_a_rotation_is_under_way_and_since_when(sms: Sms) -> None:
    new = await _begun(sms)

    (account,) = (
        await sms.stub.ListTwilioAccounts(pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION))
    ).accounts

    assert account.auth_token_last_four == sms.auth_token[-4:]
    assert account.next_auth_token_last_four == new[-4:]
    assert account.connect_time.seconds <= account.rotation_start_time.seconds


async def test_nothing_is_promoted_before_twilio_has_promoted_it(sms: Sms) -> None:
    new = await _begun(sms)

    assert (await _refused(_rotate(sms, PROMOTE))).reason == "AUTH_TOKEN_NOT_PROMOTED"

    assert await _verified(sms, sms.auth_token)
    assert await _verified(sms, new)


async def test_replies_leave_at_every_step(sms: Sms) -> None:
    await _begun(sms)
    await sms.send("during")
    await sms.simulator.promote_secondary_token(sms.account_sid)
    await sms.send("promoted", text="two", segments_per_second=100)
    await _rotate(sms, PROMOTE)
    await sms.send("done", text="three", segments_per_second=100)

    assert sorted(await sms.sent(3)) == ["hi", "three", "two"]


async def test_a_replica_that_knows_only_the_old_token_sends_with_the_new_one(sms: Sms) -> None:
    await sms.connect()
    await sms.send("before")
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    # By another replica: nobody tells this one.
    request = credentials_service_pb2.AddCredentialVersionRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, auth_token=new
    )
    await sms.credentials.AddCredentialVersion(request)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    await sms.send("after", segments_per_second=100)

    assert len(await sms.sent(2)) == 2


async def test_a_cancelled_token_verifies_nothing(sms: Sms) -> None:
    new = await _begun(sms)

    account = await _rotate(sms, CANCEL)

    assert (account.next_auth_token_last_four, account.HasField("rotation_start_time")) == ("", False)
    assert await _verified(sms, sms.auth_token)
    assert not await _verified(sms, new)


async def test_a_token_that_twilio_signs_with_is_not_cancelled(sms: Sms) -> None:
    new = await _begun(sms)
    await sms.simulator.promote_secondary_token(sms.account_sid)

    assert (await _refused(_rotate(sms, CANCEL))).reason == "AUTH_TOKEN_PROMOTED"

    assert await _verified(sms, new)


async def test_giving_the_new_token_twice_is_giving_it_once(sms: Sms) -> None:
    new = await _begun(sms)

    account = await _rotate(sms, ADD, new)

    assert account.next_auth_token_last_four == new[-4:]


async def test_what_cannot_be_is_refused(sms: Sms) -> None:
    await sms.connect()

    assert (await _refused(_rotate(sms, PROMOTE))).reason == "NO_ROTATION"
    assert (await _refused(_rotate(sms, CANCEL))).reason == "NO_ROTATION"
    assert (await _refused(_rotate(sms, ADD, sms.auth_token))).metadata["field"] == "auth_token"
    assert (await _refused(_rotate(sms, ADD, secrets.token_hex(16)))).reason == "TWILIO_CREDENTIALS_REFUSED"
    assert (await _refused(_rotate(sms, PROMOTE, "t" * 32))).metadata["field"] == "auth_token"
    assert (await _refused(_rotate(sms, PROMOTE, organization="another"))).reason == "TWILIO_ACCOUNT_NOT_FOUND"


async def test_a_second_new_token_waits_until_the_first_is_done(sms: Sms) -> None:
    await _begun(sms)
    other = await sms.simulator.create_secondary_token(sms.account_sid)

    assert (await _refused(_rotate(sms, ADD, other))).reason == "ROTATION_UNDER_WAY"


async def test_while_twilio_does_not_answer_no_token_is_forgotten(sms: Sms) -> None:
    new = await _begun(sms)
    await sms.simulator.promote_secondary_token(sms.account_sid)
    await sms.simulator.fault("fetch_account", "500_before", times=5)

    assert (await _refused(_rotate(sms, PROMOTE))).reason == "TWILIO_UNAVAILABLE"

    assert await _verified(sms, sms.auth_token)
    assert await _verified(sms, new)


async def _add_shared_key(sms: Sms, **fields: Any) -> pb.TwilioAccount:
    request = pb.AddSharedKeyRequest(
        **{
            "organization_id": ORGANIZATION,
            "account_sid": sms.account_sid,
            "shared_key_id": KEY_ID,
            "secret": SECRET,
            **fields,
        }
    )
    return (await sms.stub.AddSharedKey(request, timeout=90)).account


async def _verified_with(sms: Sms, settings: str, algorithm: str = "HMAC_SHA256", secret: str = SECRET) -> bool:
    webhook = sms.webhook(MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number)
    parameters = [(parameter.name, parameter.value) for parameter in webhook.parameters]
    webhook.signature = sign(webhook.url, parameters, secret, algorithm)
    webhook.signature_settings = settings
    return (await sms.inbound(webhook))[0].HasField("verified")


async def test_a_shared_key_and_the_auth_token_verify_side_by_side(sms: Sms) -> None:
    await sms.connect()
    account = await _add_shared_key(sms)

    assert [(key.shared_key_id, key.algorithm) for key in account.shared_keys] == [
        (KEY_ID, pb.SIGNING_ALGORITHM_HMAC_SHA256)
    ]
    assert await _verified_with(sms, SETTINGS)
    assert await _verified(sms, sms.auth_token)


async def test_a_removed_shared_key_verifies_nothing(sms: Sms) -> None:
    await sms.connect()
    await _add_shared_key(sms)
    request = pb.DeleteSharedKeyRequest(organization_id=ORGANIZATION, account_sid=sms.account_sid, shared_key_id=KEY_ID)

    await sms.stub.DeleteSharedKey(request)

    assert not await _verified_with(sms, SETTINGS)
    assert (await _refused(sms.stub.DeleteSharedKey(request))).reason == "SHARED_KEY_NOT_FOUND"


async def test_another_accounts_shared_key_verifies_nothing(sms: Sms) -> None:
    await sms.connect()
    await _add_shared_key(sms)
    sms.account_sid, sms.auth_token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
    await sms.simulator.put_account(sms.account_sid, sms.auth_token)
    await sms.connect()

    assert not await _verified_with(sms, SETTINGS)


async def test_an_auth_token_is_no_shared_key(sms: Sms) -> None:
    await sms.connect()
    await _add_shared_key(sms)

    assert not await _verified_with(sms, SETTINGS, secret=sms.auth_token)
    assert not await _verified_with(sms, f"key={KEY_ID},algorithm=HMAC_SHA1", "HMAC_SHA1")


async def test_a_shared_key_of_the_same_id_with_another_secret_is_refused(sms: Sms) -> None:
    await sms.connect()
    await _add_shared_key(sms)

    assert (await _refused(_add_shared_key(sms, secret="other" * 8))).reason == "SHARED_KEY_ALREADY_EXISTS"
    assert (await _refused(_add_shared_key(sms, shared_key_id="a b"))).metadata["field"] == "shared_key_id"
    assert (await _refused(_add_shared_key(sms, organization_id="another"))).reason == "TWILIO_ACCOUNT_NOT_FOUND"
    assert len((await _add_shared_key(sms)).shared_keys) == 1
