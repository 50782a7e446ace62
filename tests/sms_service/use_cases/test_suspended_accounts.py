"""Twilio suspends an account, and takes it back: what waits stays, other accounts work on, and nobody is told to look
for another Auth Token alone."""

import asyncio
import secrets
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio

from dev.twilio_simulator.client import MediaFile
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2, message_pb2
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from servicekit.rpc.proto_values import timestamp
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.sms_service.conftest import ORGANIZATION, Sms
from tests.sms_service.ticket_peer import TicketPeer

ACCEPTED, FAILED = message_pb2.DELIVERY_STATE_ACCEPTED, message_pb2.DELIVERY_STATE_FAILED
# What Twilio documents for an account that is not active.
_each_code = pytest.mark.parametrize("code", [20003, 20005, 90010])


@pytest.fixture
def sms_settings(tickets: TicketPeer) -> dict[str, Any]:
    """Compares all the time, with what just came."""
    return {"ticket_service": tickets.address, "backfill_interval_seconds": 0.3, "backfill_grace_seconds": 0}


@pytest_asyncio.fixture
async def other(sms: Sms) -> Sms:
    """Another account of the same organization, connected."""
    account_sid, auth_token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
    another = replace(sms, account_sid=account_sid, auth_token=auth_token, number="+12065550199")
    await sms.simulator.put_account(another.account_sid, another.auth_token)
    await sms.simulator.put_number(another.account_sid, another.number)
    await another.connect()
    return another


def _message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


async def _suspend(sms: Sms, code: int, status: str = "suspended") -> None:
    await sms.simulator.put_account(sms.account_sid, sms.auth_token, status=status, refused_with=code)


async def _reactivate(sms: Sms) -> None:
    await sms.simulator.put_account(sms.account_sid, sms.auth_token, status="active")


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def _numbers(sms: Sms) -> Any:
    request = pb.ListPhoneNumbersRequest(organization_id=ORGANIZATION, account_sid=sms.account_sid)
    return await sms.stub.ListPhoneNumbers(request, timeout=90)


async def _account(sms: Sms) -> pb.TwilioAccount:
    listed = await sms.stub.ListTwilioAccounts(pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION))
    return next(account for account in listed.accounts if account.account_sid == sms.account_sid)


@_each_code
@pytest.mark.parametrize("status", ["suspended", "closed"])
async def test_it_is_not_connected_and_the_error_says_why(sms: Sms, code: int, status: str) -> None:
    await _suspend(sms, code, status)

    error = await _error(sms.connect())

    assert error.reason == "TWILIO_CREDENTIALS_REFUSED"
    assert "suspended" in error.message
    assert "Twilio console" in error.message
    # With all but 20003 the pair is right: to copy it again would not help.
    assert ("copy both again" in error.message) == (code == 20003)


@_each_code
async def test_one_that_is_connected_says_so_when_it_is_asked(sms: Sms, code: int) -> None:
    await sms.connect()
    await _suspend(sms, code)

    error = await _error(_numbers(sms))

    assert (error.reason, error.metadata["twilio_code"]) == ("TWILIO_CREDENTIALS_REFUSED", str(code))
    assert "suspended or closed" in error.message
    assert ("copy both again" in error.message) == (code == 20003)
    await _reactivate(sms)
    assert len((await _numbers(sms)).phone_numbers) == 1


@_each_code
async def test_its_replies_wait_and_other_accounts_send(sms: Sms, other: Sms, code: int) -> None:
    await sms.connect()
    await _suspend(sms, code)
    message_id = _message_id()

    errors = [await _error(sms.send(message_id)) for _ in range(2)]

    assert [error.reason for error in errors][1] == "SENDER_STOPPED"
    assert errors[0].reason in ("TWILIO_CREDENTIALS_REFUSED", "SENDER_REFUSED")
    (stopped,) = (await _account(sms)).stopped_senders
    assert (stopped.phone_number, stopped.error_code) == ("", code)
    assert "See its state in the Twilio console" in stopped.error_text
    assert (await other.send(_message_id())).state == ACCEPTED
    await _reactivate(sms)
    await sms.connect()
    assert (await sms.send(message_id)).state == ACCEPTED
    assert await sms.sent(1) == ["hi"]


async def test_a_reply_that_twilio_had_taken_fails_and_stops_the_account(sms: Sms) -> None:
    await sms.connect()
    message_id = _message_id()
    taken = await sms.send(message_id)

    (verdict,) = await sms.callbacks(
        sms.webhook(
            f"/api/webhooks/twilio/status?message_id={message_id}",
            MessageSid=taken.twilio_message_sid,
            MessageStatus="failed",
            ErrorCode="30002",
        )
    )

    assert (verdict.verified.update.state, verdict.verified.update.error_code) == (FAILED, 30002)
    (stopped,) = (await _account(sms)).stopped_senders
    assert (stopped.phone_number, stopped.error_code) == ("", 30002)


@_each_code
async def test_comparing_its_numbers_says_why_it_cannot_and_goes_on_by_itself(
    sms: Sms, tickets: TicketPeer, code: int
) -> None:
    await sms.connect()
    await sms.simulator.text(sms.customer, sms.number, "before", deliver=False)
    await _suspend(sms, code)
    tickets.numbers.append(
        channel_service_pb2.SubscribedNumber(
            organization_id=ORGANIZATION,
            account_sid=sms.account_sid,
            phone_number=sms.number,
            subscribe_time=timestamp(utc_now() - timedelta(minutes=1)),
        )
    )

    trouble = await _trouble(sms)
    await _reactivate(sms)

    assert trouble in ("TWILIO_CREDENTIALS_REFUSED", "SENDER_REFUSED")
    await tickets.until_stored("before")


async def _trouble(sms: Sms) -> str:
    """The reason why the number cannot be compared, once there is one."""
    request = pb.ListNumberComparisonsRequest(organization_id=ORGANIZATION)
    async with asyncio.timeout(90):
        while True:
            found = (await sms.stub.ListNumberComparisons(request)).comparisons
            if reasons := [one.trouble for one in found if one.account_sid == sms.account_sid and one.trouble]:
                return reasons[0]
            await asyncio.sleep(0.02)


@_each_code
async def test_its_attachments_are_fetched_once_it_is_active_again(sms: Sms, tickets: TicketPeer, code: int) -> None:
    await sms.connect()
    sid = "MM" + uuid.uuid4().hex
    picture = MediaFile("image/png", b"\x89PNG\r\n\x1a\n" + bytes(1000))
    await sms.simulator.text(
        sms.customer, sms.number, "", media=[picture], message_sid=sid, account_sid=sms.account_sid, deliver=False
    )
    [url] = await sms.media_urls(sid)
    await _suspend(sms, code)
    named = {"MessageSid": sid, "From": sms.customer, "To": sms.number, "NumMedia": "1", "MediaUrl0": url}

    await sms.inbound(sms.webhook(**named))
    waiting = await tickets.until(message_pb2.MEDIA_STATE_PENDING)
    await _reactivate(sms)

    assert waiting.error_text
    assert (await tickets.until(message_pb2.MEDIA_STATE_STORED)).size_bytes == len(picture.content)
