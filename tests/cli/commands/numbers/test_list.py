"""`keva numbers list` over accounts and pages."""

import json
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2 as pb

ACCOUNT = pb.TwilioAccount(account_sid="AC" + "0123456789abcdef" * 2)


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """One account, with a number on each of two pages."""
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
