"""Every row of the table of answers, over real HTTP: what Twilio is told, and what it changes."""

import secrets

import pytest

from dev.local_stack.accounts import WEBHOOK_PATH
from dev.local_stack.desk import Desk
from servicekit.limits import WEBHOOK_BODY_BYTES
from tests.e2e.wire import FORM, STATUS_PATH, encode, post, post_signed, text_parameters


async def test_200_for_a_stored_text(desk: Desk) -> None:
    answer = await post_signed(desk, text_parameters(desk, Body="my first text"))

    assert answer.is_empty_twiml
    messages = await desk.messages(await desk.ticket())
    assert [m.text for m in messages] == ["my first text"]


async def test_200_for_a_text_that_was_stored_before(desk: Desk) -> None:
    parameters = text_parameters(desk)

    answers = [await post_signed(desk, parameters) for _ in range(2)]

    assert all(answer.is_empty_twiml for answer in answers)
    assert (await desk.ticket()).message_count == 1


@pytest.mark.parametrize("name", ["MessageSid", "AccountSid", "From", "To"])
async def test_400_names_the_missing_parameter(desk: Desk, name: str) -> None:
    answer = await post_signed(desk, text_parameters(desk, **{name: None}))

    assert answer.status == 400
    assert name in answer.body
    assert not await desk.tickets()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"Body=\xff\xfe", id="bytes that are no UTF-8"),
        pytest.param(b"Body=%ff%fe", id="percent-encoded bytes that are no UTF-8"),
        pytest.param(b"&".join(b"a%d=1" % i for i in range(3000)), id="thousands of parameters"),
        pytest.param(b"", id="empty"),
    ],
)
async def test_400_for_what_cannot_be_read(desk: Desk, body: bytes) -> None:
    answer = await post(desk, body, headers={"X-Twilio-Signature": "aaaa"})

    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/plain")


async def test_403_is_the_same_for_no_signature_a_wrong_one_and_an_unknown_account(desk: Desk) -> None:
    known = encode(text_parameters(desk))
    unknown = text_parameters(desk, AccountSid="AC" + secrets.token_hex(16))

    missing = await post(desk, known)
    wrong = await post(desk, known, headers={"X-Twilio-Signature": "c2lnbmF0dXJlIG9mIHNvbWVib2R5IQ=="})
    nobody = await post_signed(desk, unknown)
    malformed = await post_signed(desk, text_parameters(desk, AccountSid="banana"))

    answers = [missing, wrong, nobody, malformed]
    assert {(a.status, a.body) for a in answers} == {(403, missing.body)}
    assert not await desk.tickets()


async def test_403_for_a_tampered_text(desk: Desk) -> None:
    for tamper in ("body", "signature", "no_signature", "url", "account"):
        result = await desk.text("send me money", tamper=tamper)
        assert (result.acknowledged, result.attempts[-1].status) == (False, 403), tamper

    assert not await desk.tickets()


async def test_404_for_a_number_that_is_not_subscribed(desk: Desk) -> None:
    answer = await post_signed(desk, text_parameters(desk, To="+15550009999"))

    assert answer.status == 404
    assert not await desk.tickets()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("target", [WEBHOOK_PATH, STATUS_PATH])
async def test_405_for_other_methods(desk: Desk, method: str, target: str) -> None:
    answer = await post(desk, b"", method=method, target=target)

    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


async def test_413_for_more_than_64_kib(desk: Desk) -> None:
    at_most = text_parameters(desk, Body="x")
    padding = WEBHOOK_BODY_BYTES - len(encode(at_most))
    fits = text_parameters(desk, Body="x" * (padding + 1))
    too_large = text_parameters(desk, Body="x" * (padding + 2))

    assert (await post_signed(desk, too_large)).status == 413
    assert not await desk.tickets()
    assert (await post_signed(desk, fits)).is_empty_twiml


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "multipart/form-data; boundary=x", FORM.replace("UTF-8", "latin-1"), ""],
)
async def test_415_for_other_media_types(desk: Desk, content_type: str) -> None:
    answer = await post(desk, encode(text_parameters(desk)), headers={"Content-Type": content_type})

    assert answer.status == 415


@pytest.mark.parametrize("name", ["sms_service", "ticket_service", "mongod"])
async def test_503_while_something_is_down_and_stored_once_it_is_back(desk: Desk, name: str) -> None:
    parameters = text_parameters(desk)
    await desk.stack.kill(name)
    try:
        answer = await post_signed(desk, parameters)
    finally:
        await desk.stack.restart(name)

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert (await _until_stored(desk, parameters)) == 1


async def _until_stored(desk: Desk, parameters: list[tuple[str, str]]) -> int:
    """Twilio tries again; how many messages there are once it is told 200."""
    for _ in range(10):
        if (await post_signed(desk, parameters)).is_empty_twiml:
            break
    return (await desk.ticket()).message_count


async def test_status_callback_of_an_unknown_message_is_404(desk: Desk) -> None:
    parameters = [
        ("AccountSid", desk.account.account_sid),
        ("MessageSid", "SM" + "0" * 32),
        ("MessageStatus", "delivered"),
    ]

    unknown = await post_signed(desk, parameters, target=f"{STATUS_PATH}?message_id=msg_unknown")
    unnamed = await post_signed(desk, parameters, target=STATUS_PATH)
    unsigned = await post(desk, encode(parameters), target=f"{STATUS_PATH}?message_id=msg_unknown")

    assert [a.status for a in (unknown, unnamed, unsigned)] == [404, 400, 403]
    assert "message_id" in unnamed.body


async def test_unknown_paths_are_404(desk: Desk) -> None:
    assert (await post(desk, b"", target="/api/webhooks/other")).status == 404


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(b"AccountSid=%00&MessageSid=%00", {"X-Twilio-Signature": "x"}, id="NUL"),
        pytest.param(b"AccountSid=%ED%A0%80", {"X-Twilio-Signature": "x"}, id="encoded surrogate"),
        pytest.param(b"%%%=%&=&&==;;", {"X-Twilio-Signature": "x"}, id="broken escapes"),
        pytest.param(b"AccountSid=AC1", {"X-Twilio-Signature": b"\xff\xfe\x80"}, id="signature of raw bytes"),
        pytest.param(b"AccountSid=AC1", {"X-Twilio-Signature": "x" * 7000}, id="endless signature"),
        pytest.param(b"not gzip", {"Content-Encoding": "gzip", "X-Twilio-Signature": "x"}, id="not gzip"),
        pytest.param(b"a=b", {"Content-Type": FORM + "; charset=%%%", "X-Twilio-Signature": "x"}, id="odd charset"),
        pytest.param(b"a=b", {"Host": "evil.example", "X-Twilio-Signature": "x"}, id="another host"),
    ],
)
async def test_no_input_gives_a_500(desk: Desk, body: bytes, headers: dict[str, str | bytes]) -> None:
    for target in (WEBHOOK_PATH, STATUS_PATH, f"http://evil.example{WEBHOOK_PATH}", WEBHOOK_PATH + "?%ff=%00"):
        answer = await post(desk, body, target=target, headers=headers)
        assert 400 <= answer.status < 500, target
