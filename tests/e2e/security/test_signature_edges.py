"""Every edge of Twilio's signature, over real HTTP: valid however it is written, refused when anything differs."""

import asyncio

import pytest

from dev.local_stack.accounts import ORGANIZATION, WEBHOOK_PATH, Clients
from dev.local_stack.desk import Desk
from dev.twilio_simulator.signature import sign
from keva.credentials.v1 import credentials_service_pb2
from tests.e2e.wire import Answer, encode, post, post_signed, text_parameters


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("1 + 1 = 2", id="plus and equals"),
        pytest.param("hi 👋🏽 there 🇨🇦", id="emoji"),
        pytest.param("  both ends  ", id="leading and trailing spaces"),
        pytest.param("line\r\nbreak\ttab", id="line break"),
        pytest.param("a%2fb%20c&d;e", id="what looks encoded"),
        pytest.param("Ünïcödé 日本語 עברית", id="other scripts"),
        pytest.param("\u0000nul", id="NUL"),
    ],
)
async def test_body_arrives_unchanged(desk: Desk, body: str) -> None:
    assert (await post_signed(desk, text_parameters(desk, Body=body))).is_empty_twiml

    (message,) = await desk.messages(await desk.ticket())
    assert message.text == body


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param([("Empty", ""), ("FromCity", "")], id="empty parameters"),
        pytest.param([("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")], id="repeated parameters"),
        pytest.param([("zeta", "1"), ("Alpha", "2"), ("alpha", "3"), ("Zeta", "4")], id="order of names"),
        pytest.param([("BrandNewParameter", "that we do not know")], id="unknown parameter"),
    ],
)
async def test_parameters_are_signed_as_they_came(desk: Desk, extra: list[tuple[str, str]]) -> None:
    assert (await post_signed(desk, text_parameters(desk) + extra)).is_empty_twiml
    changed = [(name, value + "!") for name, value in extra]
    parameters = text_parameters(desk)
    signature = sign(desk.stack.public_url + WEBHOOK_PATH, parameters + extra, desk.account.auth_token)

    tampered = await post(desk, encode(parameters + changed), headers={"X-Twilio-Signature": signature})

    assert tampered.status == 403


@pytest.mark.parametrize("name", ["", "not a name", "é", "MessageSidSM1"])
async def test_names_that_are_none_are_refused_though_they_are_signed(desk: Desk, name: str) -> None:
    assert (await post_signed(desk, [*text_parameters(desk), (name, "a value")])).status == 400
    assert not await desk.tickets()


@pytest.mark.parametrize(
    "query",
    ["?a=b", "?a=b&c=%2f%2F", "?", "?a=%20+x", "?a", "?a=&b", "?x=/../y", "?a=b?c", "?AccountSid=other"],
)
async def test_target_is_signed_byte_for_byte(desk: Desk, query: str) -> None:
    assert (await post_signed(desk, text_parameters(desk), target=WEBHOOK_PATH + query)).is_empty_twiml


async def test_other_target_than_signed_is_refused(desk: Desk) -> None:
    signed = f"{desk.stack.public_url}{WEBHOOK_PATH}?a=%2f"

    answer = await post_signed(desk, text_parameters(desk), target=WEBHOOK_PATH + "?a=%2F", signed_url=signed)

    assert answer.status == 403


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("https://", "https://", id="no port"),
        pytest.param(".example", ".example:443", id="with the port"),
    ],
)
async def test_ways_in_which_twilio_may_write_the_same_url(desk: Desk, before: str, after: str) -> None:
    signed = (desk.stack.public_url + WEBHOOK_PATH).replace(before, after, 1)

    assert (await post_signed(desk, text_parameters(desk), signed_url=signed)).is_empty_twiml


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("https://", "http://", id="another scheme"),
        pytest.param(".example", ".evil", id="another host"),
        pytest.param(".example", ".example:8443", id="another port"),
        pytest.param(WEBHOOK_PATH, WEBHOOK_PATH + "/", id="another path"),
        pytest.param(WEBHOOK_PATH, WEBHOOK_PATH + "?a=b", id="a query that was not sent"),
    ],
)
async def test_another_url_is_refused(desk: Desk, before: str, after: str) -> None:
    signed = (desk.stack.public_url + WEBHOOK_PATH).replace(before, after, 1)

    assert (await post_signed(desk, text_parameters(desk), signed_url=signed)).status == 403


async def test_host_header_does_not_matter(desk: Desk) -> None:
    parameters = text_parameters(desk)
    signature = sign("https://evil.example" + WEBHOOK_PATH, parameters, desk.account.auth_token)
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Twilio-Signature": signature}

    assert (await post(desk, encode(parameters), headers=headers)).status == 403


async def test_two_tokens_verify_during_a_rotation(desk: Desk) -> None:
    request = credentials_service_pb2.AddCredentialVersionRequest(
        organization_id=ORGANIZATION, account_sid=desk.account.account_sid, auth_token="b" * 32
    )
    await desk.text("make the old token known")
    async with Clients(desk.stack, "sms_service") as of_service:
        await of_service.credentials.AddCredentialVersion(request)

    old = await post_signed(desk, text_parameters(desk))
    new = await _once_known(desk, "b" * 32)
    other = await post_signed(desk, text_parameters(desk), auth_token="c" * 32)

    assert (old.status, new.status, other.status) == (200, 200, 403)


async def _once_known(desk: Desk, auth_token: str) -> Answer:
    """The answer to a text signed with a token that was added just now: what sms_service knows may be a moment old."""
    async with asyncio.timeout(90):
        while True:
            answer = await post_signed(desk, text_parameters(desk), auth_token=auth_token)
            if answer.status == 200:
                return answer
            await asyncio.sleep(0.2)
