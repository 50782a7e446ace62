"""One of an account's secrets cannot be decrypted: what it signs fails, everything else goes on."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.signature import sign
from keva.credentials.v1 import credentials_service_pb2 as credentials_pb
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.sms.v1 import error_reason_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.errors import AlreadyExists
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.settings import SmsServiceSettings
from tests.sms_service.conftest import ORGANIZATION, Sms, running_sms
from tests.ticket_service.peer_server import PeerServer

KEY_ID, SECRET = "webhooks_sharedkey_1", "5ec2e7" * 6
SETTINGS = f"key={KEY_ID},algorithm=HMAC_SHA256"


@pytest.fixture
async def records(mongod: Mongod, database: str) -> AsyncIterator[Any]:
    """The stored credentials, as somebody who damages them sees them."""
    client: pymongo.AsyncMongoClient[dict[str, Any]] = pymongo.AsyncMongoClient(mongod.uri)
    yield client[f"{database}_credentials"].credentials
    await client.close()


async def _lose(records: Any, place: str) -> None:
    await records.update_one({}, {"$set": {f"{place}.wrapped_data_key": b"x" * 60}})


async def _add_shared_key(sms: Sms) -> None:
    request = pb.AddSharedKeyRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, shared_key_id=KEY_ID, secret=SECRET
    )
    await sms.stub.AddSharedKey(request, timeout=90)


async def _begin_rotation(sms: Sms) -> str:
    """The secondary token."""
    new = await sms.simulator.create_secondary_token(sms.account_sid)
    await _rotate(sms, pb.ROTATION_STEP_ADD, new)
    return new


async def _rotate(sms: Sms, step: pb.RotationStep.ValueType, token: str = "") -> None:
    request = pb.RotateAuthTokenRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, step=step, auth_token=token
    )
    await sms.stub.RotateAuthToken(request, timeout=90)


async def _verdict(sms: Sms, token: str = "", shared: bool = False) -> str:
    """Empty when the webhook is Twilio's, else the reason."""
    webhook = sms.webhook(token=token or None, MessageSid="SM" + "1" * 32, From=sms.customer, To=sms.number)
    if shared:
        parameters = [(parameter.name, parameter.value) for parameter in webhook.parameters]
        webhook.signature = sign(webhook.url, parameters, SECRET, "HMAC_SHA256")
        webhook.signature_settings = SETTINGS
    (verdict,) = await sms.inbound(webhook)
    return "" if verdict.HasField("verified") else _name(verdict.refusal.reason)


def _name(reason: error_reason_pb2.ErrorReason.ValueType) -> str:
    return error_reason_pb2.ErrorReason.Name(reason).removeprefix("ERROR_REASON_")


async def _reason(call: Any) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value).reason


async def _trouble(sms: Sms) -> int:
    request = pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION, page_size=200)
    accounts = (await sms.stub.ListTwilioAccounts(request)).accounts
    return next(a.webhook_health.signature_trouble for a in accounts if a.account_sid == sms.account_sid)


async def test_webhooks_and_replies_go_on_while_a_shared_key_cannot_be_decrypted(sms: Sms, records: Any) -> None:
    await sms.connect()
    await _add_shared_key(sms)
    await _lose(records, "shared_keys.0")

    await sms.send("reply")

    assert await sms.sent(1) == ["hi"]
    assert await _verdict(sms) == ""
    assert await _verdict(sms, token="f" * 32) == "SIGNATURE_INVALID"
    assert await _verdict(sms, shared=True) == "INTERNAL"
    assert await _trouble(sms) == pb.SIGNATURE_TROUBLE_UNREADABLE_SHARED_KEY


async def test_a_shared_key_that_is_added_again_verifies_again(sms: Sms, records: Any) -> None:
    await sms.connect()
    await _add_shared_key(sms)
    await _lose(records, "shared_keys.0")

    await _add_shared_key(sms)

    assert await _verdict(sms, shared=True) == ""


@pytest.mark.parametrize("lost", ["shared_keys.0", "versions.1"])
async def test_a_secondary_token_replaces_none_that_can_be_decrypted(sms: Sms, records: Any, lost: str) -> None:
    await sms.connect()
    await _add_shared_key(sms)
    new = await _begin_rotation(sms)
    await _lose(records, lost)

    assert await _reason(sms.connect(new)) == "AUTH_TOKEN_NOT_PROMOTED"

    assert await _verdict(sms) == ""


async def test_connecting_repairs_a_primary_token_that_cannot_be_decrypted(sms: Sms, records: Any) -> None:
    await sms.connect()
    await _begin_rotation(sms)
    await _lose(records, "versions.0")
    assert await _verdict(sms) == "INTERNAL"
    assert await _trouble(sms) == pb.SIGNATURE_TROUBLE_UNREADABLE_AUTH_TOKEN

    await sms.connect()

    assert await _verdict(sms) == ""


async def test_a_rotation_erases_nothing_while_a_token_cannot_be_decrypted(sms: Sms, records: Any) -> None:
    await sms.connect()
    await _begin_rotation(sms)
    await _lose(records, "versions.1")

    for step in (pb.ROTATION_STEP_PROMOTE, pb.ROTATION_STEP_CANCEL):
        assert await _reason(_rotate(sms, step)) == "INTERNAL"

    assert await _verdict(sms) == ""


async def test_what_is_no_credential_any_more_is_replaced_by_nobody(sms: Sms, records: Any) -> None:
    await sms.connect()
    await records.update_one({}, {"$set": {"versions.0.version": "one"}})

    assert await _reason(sms.connect()) == "CREDENTIAL_MALFORMED"
    assert await _reason(sms.send("reply")) == "CREDENTIAL_MALFORMED"
    assert await _verdict(sms) == "INTERNAL"

    await records.delete_one({"account_sid": sms.account_sid})
    await sms.connect()
    assert await _verdict(sms) == ""


class _Failing(credentials_service_pb2_grpc.CredentialsServiceServicer):
    """Stands for a credentials_service that has the account, and a bug."""

    def __init__(self) -> None:
        self.replaced = 0

    async def CreateCredential(self, request: Any, context: Any) -> credentials_pb.CreateCredentialResponse:
        raise AlreadyExists("CREDENTIAL_ALREADY_EXISTS", "this account has a credential")

    async def AccessCredential(self, request: Any, context: Any) -> credentials_pb.AccessCredentialResponse:
        raise RuntimeError("a bug")

    async def ReplaceAuthToken(self, request: Any, context: Any) -> credentials_pb.ReplaceAuthTokenResponse:
        self.replaced += 1
        return credentials_pb.ReplaceAuthTokenResponse()


async def test_connecting_replaces_nothing_while_it_cannot_be_known_what_that_is(
    sms: Sms, all_sms_settings: SmsServiceSettings, simulator: SimulatorClient
) -> None:
    peer = _Failing()  # type: ignore[abstract]
    server = PeerServer(
        peer, credentials_service_pb2_grpc.add_CredentialsServiceServicer_to_server, "credentials_service"
    )
    await server.start()
    settings = all_sms_settings.model_copy(update={"credentials_service": server.address})

    async with running_sms(settings, server.address, simulator) as beside:
        beside.account_sid, beside.auth_token = sms.account_sid, sms.auth_token
        assert await _reason(beside.connect()) == "INTERNAL"

    assert peer.replaced == 0
    await server.stop()
