"""`keva numbers`, and what `keva channels add` and `keva doctor` make of where Twilio sends a number's texts."""

import asyncio
import json
import os
import pty
from typing import Any

import pytest

from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import channel_service_pb2
from servicekit import errors
from tests.keva_command import keva_command

NUMBER = "+15550001111"
ACCOUNT, OTHER = "AC" + "1" * 32, "AC" + "2" * 32
SERVICE = "MG" + "3" * 32
CHANNEL = channel_service_pb2.Channel(channel_id="chn_1", phone_number=NUMBER, account_sid=ACCOUNT)
ELSEWHERE = errors.FailedPrecondition(
    "PHONE_NUMBER_ROUTED_ELSEWHERE", "its texts go to bot.example", host="bot.example"
)


def number(route: str = "NONE", account_sid: str = ACCOUNT, **fields: Any) -> pb.PhoneNumber:
    given = {"phone_number": NUMBER, "sms_capable": True, **fields}
    return pb.PhoneNumber(
        account_sid=account_sid, inbound_route=pb.InboundRoute.Value(f"INBOUND_ROUTE_{route}"), **given
    )


def twilio_has(keva: Any, *numbers: pb.PhoneNumber) -> None:
    """Twilio lists these."""

    def listed(request: Any) -> pb.ListPhoneNumbersResponse:
        wanted = [
            one
            for one in numbers
            if one.account_sid == request.account_sid and request.phone_number in ("", one.phone_number)
        ]
        return pb.ListPhoneNumbersResponse(phone_numbers=wanted)

    keva.sms_service.answers["ListPhoneNumbers"] = listed


def configured(keva: Any) -> list[Any]:
    """What was asked to be configured."""
    return [one for one in keva.sms_service.requests if isinstance(one, pb.ConfigurePhoneNumberRequest)]


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Two accounts; the first has a number whose texts go nowhere."""
    accounts = [pb.TwilioAccount(account_sid=ACCOUNT), pb.TwilioAccount(account_sid=OTHER)]
    keva.sms_service.answers.update(
        ListTwilioAccounts=pb.ListTwilioAccountsResponse(accounts=accounts),
        ConfigurePhoneNumber=pb.ConfigurePhoneNumberResponse(phone_number=number("KEVA")),
    )
    keva.ticket_service.answers["CreateChannel"] = channel_service_pb2.CreateChannelResponse(channel=CHANNEL)
    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse()
    twilio_has(keva, number())


ROUTES = [
    pytest.param(number("NONE"), "nowhere", "keva numbers configure NUMBER makes", id="none"),
    pytest.param(number("KEVA"), "Keva", "", id="Keva"),
    pytest.param(number("KEVA_INCOMPLETE"), "Keva, set up in part", "repeat texts that fail", id="in part"),
    pytest.param(
        number("KEVA_INCOMPLETE", inbound_trouble="its fallback URL: it leads to bot.example"),
        "WRONG: Keva, set up in part: its fallback URL: it leads to bot.example",
        "NUMBER --replace makes Twilio repeat",
        id="another fallback",
    ),
    pytest.param(
        number("KEVA_REFUSED", inbound_trouble="its method is GET, and Keva takes POST alone"),
        "WRONG: Keva, which refuses them: its method is GET, and Keva takes POST alone",
        "keva numbers configure NUMBER makes",
        id="refused",
    ),
    pytest.param(
        number("OTHER_WEBHOOK", sms_url="https://sms.example/x", inbound_trouble="Keva has no webhook at /x"),
        "WRONG: sms.example: Keva has no webhook at /x",
        "--replace",
        id="wrong path",
    ),
    pytest.param(number("OTHER_WEBHOOK", sms_url="https://bot.example/x"), "bot.example", "--replace", id="webhook"),
    pytest.param(
        number("OTHER_WEBHOOK", sms_url="https://demo.twilio.com/welcome/sms/reply"),
        "demo.twilio.com",
        "keva numbers configure NUMBER makes",
        id="Twilio's sample",
    ),
    pytest.param(number("TWIML_APP"), "a TwiML app", "--replace", id="TwiML app"),
    pytest.param(
        number("MESSAGING_SERVICE", messaging_service_sid=SERVICE),
        f"messaging service {SERVICE}",
        "Defer",
        id="service",
    ),
    pytest.param(number("UNSPECIFIED", sms_url="https://a.example"), "https://a.example", "", id="older sms_service"),
]


@pytest.mark.parametrize(("listed", "words", "advice"), ROUTES)
async def test_list_says_where_texts_go_and_what_to_do(
    keva: Any, listed: pb.PhoneNumber, words: str, advice: str
) -> None:
    twilio_has(keva, listed)

    result = await keva("numbers", "list")

    assert result.status == 0
    assert f" {words} " in " ".join(result.output.split())
    assert advice in result.error
    assert ("configure" in result.error) == bool(advice)


async def test_list_calls_it_wrong_when_a_number_that_keva_answers_goes_elsewhere(keva: Any) -> None:
    twilio_has(keva, number("OTHER_WEBHOOK", sms_url="https://bot.example/x"))
    assert "WRONG" not in (await keva("numbers", "list")).output

    keva.ticket_service.answers["ListChannels"] = channel_service_pb2.ListChannelsResponse(channels=[CHANNEL])
    assert " WRONG: bot.example " in " ".join((await keva("numbers", "list")).output.split())

    keva.ticket_service.answers["ListChannels"] = errors.Unavailable("STORE_UNAVAILABLE", "down")
    without = await keva("numbers", "list")
    assert (without.status, "bot.example" in without.output) == (0, True)
    assert "Which of them Keva answers is not known" in without.error


async def test_list_gives_each_advice_once(keva: Any) -> None:
    twilio_has(keva, *(number(phone_number=f"+1555000222{last}") for last in range(5)))

    assert (await keva("numbers", "list")).error.count("keva numbers configure") == 1


async def test_configure_finds_the_account_and_says_what_it_did(keva: Any) -> None:
    result = await keva("numbers", "configure", "(555) 000-1111")

    assert (result.status, result.error) == (0, "")
    assert f"Twilio sends the texts of {NUMBER} to Keva" in result.output
    expected = pb.ConfigurePhoneNumberRequest(organization_id="default", account_sid=ACCOUNT, phone_number=NUMBER)
    assert configured(keva) == [expected]


async def test_configure_takes_over_when_told(keva: Any) -> None:
    keva.sms_service.answers["ConfigurePhoneNumber"] = ELSEWHERE

    refused = await keva("numbers", "configure", NUMBER)
    assert refused.status == 1
    assert "bot.example. (PHONE_NUMBER_ROUTED_ELSEWHERE)" in refused.error
    assert "--replace" in refused.error

    keva.sms_service.answers["ConfigurePhoneNumber"] = pb.ConfigurePhoneNumberResponse(phone_number=number("KEVA"))
    result = await keva("numbers", "configure", NUMBER, "--replace", "--json")
    assert json.loads(result.output)["inbound_route"] == "INBOUND_ROUTE_KEVA"
    assert configured(keva)[-1].replace


async def test_configure_fails_when_a_messaging_service_takes_the_texts_all_the_same(keva: Any) -> None:
    taken = number("MESSAGING_SERVICE", messaging_service_sid=SERVICE)
    keva.sms_service.answers["ConfigurePhoneNumber"] = pb.ConfigurePhoneNumberResponse(phone_number=taken)

    result = await keva("numbers", "configure", NUMBER)

    assert result.status == 1
    assert SERVICE in result.error
    assert "Defer to sender's webhook" in result.error


async def test_configure_needs_one_account(keva: Any) -> None:
    twilio_has(keva, number(), number(account_sid=OTHER))
    several = await keva("numbers", "configure", NUMBER)
    assert (several.status, OTHER in several.error) == (2, True)

    assert (await keva("numbers", "configure", NUMBER, "--account-sid", OTHER)).status == 0
    assert configured(keva)[0].account_sid == OTHER

    twilio_has(keva)
    nobodys = await keva("numbers", "configure", NUMBER)
    assert (nobodys.status, "keva numbers list" in nobodys.error) == (3, True)


async def test_configure_is_not_stopped_by_an_account_that_twilio_refuses(keva: Any) -> None:
    refused = errors.FailedPrecondition("TWILIO_CREDENTIALS_REFUSED", f"Twilio refuses the Account SID {OTHER}")
    listed: list[pb.PhoneNumber] = [number()]

    def answer(request: Any) -> pb.ListPhoneNumbersResponse:
        if request.account_sid == OTHER:
            raise refused
        return pb.ListPhoneNumbersResponse(phone_numbers=listed)

    keva.sms_service.answers["ListPhoneNumbers"] = answer

    assert (await keva("numbers", "configure", NUMBER)).status == 0
    assert configured(keva)[0].account_sid == ACCOUNT

    listed.clear()
    nobodys = await keva("numbers", "configure", NUMBER)
    assert nobodys.status == 1
    assert f"{OTHER}: Twilio refuses the Account SID {OTHER}" in nobodys.error
    assert f"keva twilio connect --account-sid {OTHER}" in nobodys.error


async def test_channels_add_says_where_texts_go_when_nobody_can_be_asked(keva: Any) -> None:
    result = await keva("channels", "add", NUMBER)

    assert result.status == 0
    assert "Twilio sends its texts to: nowhere." in result.output
    assert f"keva numbers configure {NUMBER}" in result.output
    assert configured(keva) == []


async def test_channels_add_configures_when_told(keva: Any) -> None:
    result = await keva("channels", "add", NUMBER, "--configure")

    assert result.status == 0
    assert "Twilio sends its texts to Keva" in result.output
    assert [request.replace for request in configured(keva)] == [False]


async def test_channels_add_prints_the_channel_alone_as_json(keva: Any) -> None:
    result = await keva("channels", "add", NUMBER, "--configure", "--json")

    assert json.loads(result.output)["channel_id"] == "chn_1"
    assert len(configured(keva)) == 1


async def test_channels_add_leaves_twilio_alone_when_told(keva: Any) -> None:
    assert (await keva("channels", "add", NUMBER, "--no-configure")).status == 0
    assert keva.sms_service.requests == []


@pytest.mark.parametrize("arguments", [(), ("--configure",)])
async def test_a_number_stays_subscribed_when_twilio_cannot_be_told(keva: Any, arguments: tuple[str, ...]) -> None:
    keva.environment["KEVA_PUBLIC_URL"] = "https://sms.example"
    keva.sms_service.answers.update(ListPhoneNumbers=ELSEWHERE, ConfigurePhoneNumber=ELSEWHERE)

    result = await keva("channels", "add", NUMBER, *arguments)

    assert result.status == 0
    assert "PHONE_NUMBER_ROUTED_ELSEWHERE" in result.error
    assert "https://sms.example/api/webhooks/twilio" in result.output


async def at_a_terminal(keva: Any, typed: bytes, *arguments: str) -> tuple[int, str]:
    """Exit status, and what was to be seen; `typed` answers the first question."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *keva_command(*arguments),
        cwd=keva.folder,
        env=keva.whole_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen, answered = b"", False
    while chunk := await asyncio.to_thread(_read, ours):
        seen += chunk
        if not answered and b"]: " in seen:
            os.write(ours, typed)
            answered = True
    status = await process.wait()
    os.close(ours)
    return status, seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("listed", "typed", "replaces"),
    [
        pytest.param(number("NONE"), b"\n", [False], id="nothing there: yes is the default"),
        pytest.param(number("NONE"), b"n\n", [], id="nothing there: no"),
        pytest.param(number("NONE"), b"\x04", [], id="whoever is asked leaves"),
        pytest.param(number("KEVA_INCOMPLETE"), b"\n", [False], id="in part"),
        pytest.param(number("OTHER_WEBHOOK"), b"\n", [], id="elsewhere: no is the default"),
        pytest.param(number("OTHER_WEBHOOK"), b"y\n", [True], id="elsewhere: yes"),
    ],
)
async def test_channels_add_asks_at_a_terminal(
    keva: Any, listed: pb.PhoneNumber, typed: bytes, replaces: list[bool]
) -> None:
    twilio_has(keva, listed)

    status, _ = await at_a_terminal(keva, typed, "channels", "add", NUMBER)

    assert status == 0
    assert [request.replace for request in configured(keva)] == replaces


@pytest.mark.parametrize("route", ["KEVA", "MESSAGING_SERVICE"])
async def test_channels_add_does_not_ask_what_it_cannot_change(keva: Any, route: str) -> None:
    twilio_has(keva, number(route, messaging_service_sid=SERVICE))

    status, seen = await at_a_terminal(keva, b"", "channels", "add", NUMBER)

    assert status == 0
    assert "[" not in seen
    assert configured(keva) == []
