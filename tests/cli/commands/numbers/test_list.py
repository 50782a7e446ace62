"""`keva numbers list` over accounts and pages."""

import json
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2
from servicekit import errors

ACCOUNT = pb.TwilioAccount(account_sid="AC" + "0123456789abcdef" * 2)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One account, with a number on each of two pages."""
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()
    pages = {"": (["+15550001111"], "2"), "2": (["+15550002222"], "")}
    keva.sms_service.answers.update(
        ListTwilioAccounts=pb.ListTwilioAccountsResponse(accounts=[ACCOUNT]),
        ListPhoneNumbers=lambda request: pb.ListPhoneNumbersResponse(
            phone_numbers=[
                pb.PhoneNumber(phone_number=number, account_sid=request.account_sid, sms_capable=True)
                for number in pages[request.page_token][0]
            ],
            next_page_token=pages[request.page_token][1],
        ),
    )


async def test_numbers_of_all_accounts_on_all_pages(keva: Any) -> None:
    result = await keva("numbers", "list", "--json")

    assert [number["phone_number"] for number in json.loads(result.output)] == ["+15550001111", "+15550002222"]


async def test_numbers_without_an_account_says_how_to_connect_one(keva: Any) -> None:
    keva.sms_service.answers["ListTwilioAccounts"] = pb.ListTwilioAccountsResponse()

    result = await keva("numbers", "list")

    assert result.status == 3
    assert "keva twilio connect" in result.error


OTHER = "AC" + "f" * 32
REFUSED = errors.FailedPrecondition(
    "TWILIO_CREDENTIALS_REFUSED", f"Twilio refuses the Account SID {OTHER}", account_sid=OTHER, twilio_code="20003"
)


def _other_is_refused(request: Any) -> pb.ListPhoneNumbersResponse:
    if request.account_sid == OTHER:
        raise REFUSED
    number = pb.PhoneNumber(phone_number="+15550001111", account_sid=request.account_sid, sms_capable=True)
    return pb.ListPhoneNumbersResponse(phone_numbers=[number])


async def test_a_refused_account_is_named_and_hides_no_other(keva: Any) -> None:
    accounts = [pb.TwilioAccount(account_sid=OTHER), ACCOUNT]
    keva.sms_service.answers.update(
        ListTwilioAccounts=pb.ListTwilioAccountsResponse(accounts=accounts), ListPhoneNumbers=_other_is_refused
    )

    result = await keva("numbers", "list")

    assert result.status == 0
    assert "+15550001111" in result.output
    assert f"The Twilio account {OTHER} is left out: Twilio refuses the Account SID {OTHER}" in result.error
    assert f"keva twilio disconnect {OTHER}" in result.error
    as_json = await keva("numbers", "list", "--json")
    assert [number["phone_number"] for number in json.loads(as_json.output)] == ["+15550001111"]
    assert OTHER in as_json.error


async def test_a_refused_account_alone_is_a_failure(keva: Any) -> None:
    keva.sms_service.answers["ListPhoneNumbers"] = _other_is_refused

    result = await keva("numbers", "list", "--account-sid", OTHER)

    assert result.status == 1
    assert OTHER in result.error
