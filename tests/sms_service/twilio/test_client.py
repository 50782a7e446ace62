"""What any answer of Twilio's, or none, means for a message or a question; each over real HTTP."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp import web

from dev.local_stack.ports import free_port
from servicekit.secret import Secret
from sms_service.domain.credential import Credential
from sms_service.domain.message import OutgoingMessage
from sms_service.domain.provider_errors import (
    FailureKind,
    ProviderCredentialsRefused,
    ProviderError,
    ProviderOutcomeUnknown,
    ProviderRateLimited,
    ProviderRefused,
    ProviderUnreachable,
)
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.twilio.webhook_urls import CONNECTION_OVERRIDES

CREDENTIAL = Credential("default", "AC" + "1" * 32, (Secret("newest"), Secret("older")))
MESSAGE = OutgoingMessage("msg_1", "+12065550100", "+14165550123", "hi + 👋")
PUBLIC_URL = "https://keva.example/base"
CALLBACK = f"{PUBLIC_URL}/api/webhooks/twilio/status?message_id=msg_1#{CONNECTION_OVERRIDES}"
TIMEOUT_SECONDS = 0.5
HTML = "<html><body>502 Bad Gateway</body></html>"
CREATED = {"sid": "SM1", "status": "queued", "num_segments": "1", "date_created": "Mon, 23 Nov 2026 04:00:00 +0000"}


def _error(code: object, status: int) -> str:
    return json.dumps({"code": code, "message": "m", "more_info": "https://www.twilio.com", "status": status})


def _problem(code: object, status: object) -> str:
    """An error as RFC 9457 has it, which Twilio's newer services answer with."""
    return json.dumps({"type": "https://twilio.com", "title": "t", "status": status, "code": code})


@dataclass
class ScriptedTwilio:
    """Answers each request with the next of `bodies`, else `body`, or hangs; `requests` are (method, path, token)."""

    status: int = 200
    body: str = "{}"
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    tokens_refused: tuple[str, ...] = ()
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """One answer."""
        user, _, password = base64.b64decode(request.headers["Authorization"].split()[1]).decode().partition(":")
        assert user == CREDENTIAL.account_sid
        self.requests.append((request.method, request.path, password))
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        if self.hangs:
            await self.ended.wait()
        if password in self.tokens_refused:
            return web.Response(status=401, text=_error(20003, 401))
        body = self.bodies.pop(0) if self.bodies else self.body
        return web.Response(status=self.status, text=body, headers=self.headers)


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[tuple[ScriptedTwilio, Twilio]]:
    """A server that answers as it is told, and our client of it."""
    server, port = ScriptedTwilio(), free_port()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    http = TwilioHttp(TIMEOUT_SECONDS)
    yield server, Twilio(f"http://127.0.0.1:{port}", http, PUBLIC_URL)
    server.ended.set()
    await http.close()
    await runner.cleanup()


Scripted = tuple[ScriptedTwilio, Twilio]


async def _failure(twilio: Twilio, question: str) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        await _ask(twilio, question)
    return failed.value


async def _ask(twilio: Twilio, question: str) -> object:
    if question == "send":
        return await twilio.send(CREDENTIAL, MESSAGE)
    if question == "account":
        return await twilio.fetch_account(CREDENTIAL)
    if question == "numbers":
        return await twilio.list_phone_numbers(CREDENTIAL, "", 50, None)
    return await twilio.sent_messages(CREDENTIAL, "+12065550100", "+14165550123", datetime.now(UTC))


QUESTIONS = ["account", "numbers", "log"]


@pytest.mark.parametrize("question", ["send", *QUESTIONS])
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(401, _error(20003, 401), ProviderCredentialsRefused, id="wrong token"),
        pytest.param(401, HTML, ProviderCredentialsRefused, id="401 without a code"),
        pytest.param(403, _error(20003, 403), ProviderCredentialsRefused, id="20003 with another status"),
        pytest.param(429, _error(20429, 429), ProviderRateLimited, id="rate limit"),
        pytest.param(429, HTML, ProviderRateLimited, id="429 without a code"),
        pytest.param(429, _problem(20429, 429), ProviderRateLimited, id="429 as RFC 9457"),
        pytest.param(429, _problem(20429, "429"), ProviderRateLimited, id="RFC 9457 with words for numbers"),
        pytest.param(400, _error(21611, 400), ProviderRateLimited, id="queue of our number is full"),
        pytest.param(400, _error(21659, 400), ProviderRefused, id="not our number"),
        pytest.param(400, _error("21659", 400), ProviderRefused, id="code as a string"),
        pytest.param(400, _problem(21659, 400), ProviderRefused, id="RFC 9457"),
        pytest.param(404, _error(20404, 404), ProviderRefused, id="no such account"),
        pytest.param(400, _error(999999, 400), ProviderRefused, id="unknown code"),
        pytest.param(404, HTML, ProviderUnreachable, id="404 of something that is not Twilio"),
        pytest.param(403, "", ProviderUnreachable, id="403 with nothing"),
        pytest.param(407, HTML, ProviderUnreachable, id="proxy wants a password"),
        pytest.param(400, _error(None, 400), ProviderUnreachable, id="code null"),
        pytest.param(400, _error("banana", 400), ProviderUnreachable, id="code that is not a number"),
        pytest.param(400, "[1]", ProviderUnreachable, id="JSON of another shape"),
    ],
)
async def test_refusals(
    scripted: Scripted, question: str, status: int, body: str, expected: type[ProviderError]
) -> None:
    scripted[0].status, scripted[0].body = status, body

    assert type(await _failure(scripted[1], question)) is expected


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(21610, FailureKind.OPTED_OUT, id="opted out"),
        pytest.param(21614, FailureKind.RECIPIENT, id="landline"),
        pytest.param(21617, FailureKind.CONTENT, id="too long"),
        pytest.param(21659, FailureKind.SENDER, id="not our number"),
        pytest.param(20404, FailureKind.ACCOUNT, id="no such account"),
    ],
)
@pytest.mark.parametrize("question", ["send", "log"])
async def test_refusal_has_code_kind_and_sentence(
    scripted: Scripted, question: str, code: int, kind: FailureKind
) -> None:
    scripted[0].status, scripted[0].body = 400, _error(code, 400)

    failure = await _failure(scripted[1], question)

    assert isinstance(failure, ProviderRefused)
    assert (failure.code, failure.failure.code, failure.failure.kind) == (code, code, kind)
    assert failure.failure.sentence.endswith(".")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(500, _error(20500, 500), id="500"),
        pytest.param(503, _problem(20503, 503), id="503 as RFC 9457"),
        pytest.param(502, HTML, id="502 in HTML"),
        pytest.param(500, _problem(20500, 400), id="RFC 9457 that contradicts its status"),
        pytest.param(201, HTML, id="taken, in HTML"),
        pytest.param(201, "{}", id="taken, without a sid"),
        pytest.param(201, json.dumps({**CREATED, "sid": 5}), id="taken, with nonsense"),
        pytest.param(201, "[]", id="taken, of another shape"),
    ],
)
async def test_useless_answer_to_a_send_leaves_its_outcome_unknown(scripted: Scripted, status: int, body: str) -> None:
    scripted[0].status, scripted[0].body = status, body

    assert type(await _failure(scripted[1], "send")) is ProviderOutcomeUnknown
    assert len(scripted[0].requests) == 1


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(500, _error(20500, 500), id="500"),
        pytest.param(502, HTML, id="502 in HTML"),
        pytest.param(200, HTML, id="200 in HTML"),
        pytest.param(200, "[]", id="200 of another shape"),
        pytest.param(200, "null", id="200 with null"),
    ],
)
async def test_useless_answer_to_a_question_is_no_answer(
    scripted: Scripted, question: str, status: int, body: str
) -> None:
    scripted[0].status, scripted[0].body = status, body

    assert type(await _failure(scripted[1], question)) is ProviderUnreachable


@pytest.mark.parametrize("question", ["send", *QUESTIONS])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(scripted: Scripted, question: str, status: int) -> None:
    """Neither the token nor the text goes where a redirect points; Twilio's API never redirects these."""
    scripted[0].status, scripted[0].headers = status, {"Location": "/elsewhere"}

    assert type(await _failure(scripted[1], question)) is ProviderUnreachable
    assert len(scripted[0].requests) == 1


@pytest.mark.parametrize(("question", "expected"), [("send", ProviderOutcomeUnknown), ("log", ProviderUnreachable)])
async def test_time_limit_holds(scripted: Scripted, question: str, expected: type[ProviderError]) -> None:
    scripted[0].hangs = True

    async with asyncio.timeout(90):
        assert type(await _failure(scripted[1], question)) is expected
    assert len(scripted[0].requests) == 1


@pytest.mark.parametrize("question", ["send", *QUESTIONS])
async def test_nobody_there_is_certainly_not_taken(question: str) -> None:
    http = TwilioHttp(TIMEOUT_SECONDS)

    failure = await _failure(Twilio(f"http://127.0.0.1:{free_port()}", http, PUBLIC_URL), question)

    await http.close()
    assert type(failure) is ProviderUnreachable


async def test_next_token_is_tried_when_the_newest_is_refused(scripted: Scripted) -> None:
    server, twilio = scripted
    server.tokens_refused, server.status, server.body = ("newest",), 201, json.dumps(CREATED)

    taken = await twilio.send(CREDENTIAL, MESSAGE)

    assert (taken.news.message_sid, taken.segments) == ("SM1", 1)
    assert [password for _, _, password in server.requests] == ["newest", "older"]


async def test_message_arrives_as_it_was_written(scripted: Scripted) -> None:
    scripted[0].status, scripted[0].body = 201, json.dumps(CREATED)

    await scripted[1].send(CREDENTIAL, MESSAGE)

    assert scripted[0].forms == [
        {
            "To": MESSAGE.to_address,
            "From": MESSAGE.from_address,
            "Body": MESSAGE.text,
            "StatusCallback": CALLBACK,
        }
    ]
    assert scripted[0].requests[0][:2] == ("POST", f"/2010-04-01/Accounts/{CREDENTIAL.account_sid}/Messages.json")


async def test_environment_of_twilios_package_is_not_ours(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """TWILIO_EDGE and TWILIO_REGION would send the request to another host; the others are another account."""
    for name in ("TWILIO_EDGE", "TWILIO_REGION", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.setenv(name, "ie1")
    scripted[0].body = json.dumps({"sid": CREDENTIAL.account_sid, "friendly_name": "Desk", "status": "active"})

    assert (await scripted[1].fetch_account(CREDENTIAL)).display_name == "Desk"


async def test_log_has_what_waits_in_the_queue_and_nothing_from_before(scripted: Scripted) -> None:
    since = datetime(2026, 11, 23, 4, 0, 0, 500_000, UTC)
    waiting = {**CREATED, "sid": "SM-waiting", "body": "hi", "date_sent": None}
    before = {**waiting, "sid": "SM-before", "date_created": "Mon, 23 Nov 2026 03:59:00 +0000"}
    scripted[0].body = json.dumps({"messages": [waiting, before], "next_page_uri": None})

    found = await scripted[1].sent_messages(CREDENTIAL, "+12065550100", "+14165550123", since)

    assert [message.news.message_sid for message in found] == ["SM-waiting"]
    assert found[0].create_time == since.replace(microsecond=0)
    assert since - found[0].create_time < timedelta(seconds=1)


@pytest.mark.parametrize("impossible", ["Fri, 31 Dec 9999 23:59:59", "Thu, 01 Jan 1970 00:00:00"])
async def test_a_time_that_cannot_be_twilios_is_not_believed(scripted: Scripted, impossible: str) -> None:
    """A number would be compared with a log of centuries; a reply in doubt would not be recognised, and sent twice."""
    server, twilio = scripted
    server.status, server.headers = 201, {"Date": f"{impossible} GMT"}
    server.body = json.dumps({**CREATED, "date_created": f"{impossible} +0000"})
    await twilio.send(CREDENTIAL, MESSAGE)
    known = twilio.earliest_time(), await twilio.current_time(CREDENTIAL)
    server.status = 200
    server.body = json.dumps({"messages": [json.loads(server.body)], "next_page_uri": None})

    found = await twilio.sent_messages(CREDENTIAL, "+12065550100", "+14165550123", datetime.now(UTC))

    assert known == (None, None)
    assert [message.news.message_sid for message in found] == ["SM1"]


async def test_all_pages_of_the_log_are_read_and_only_from_twilio(scripted: Scripted) -> None:
    server, twilio = scripted
    text = {
        "sid": f"SM{1:032x}",
        "direction": "inbound",
        "from": "+1",
        "to": "+2",
        "date_sent": CREATED["date_created"],
    }
    server.body = json.dumps({"messages": [text, {**text, "sid": "SM0", "direction": "outbound-api"}]})
    first = json.dumps(
        {"messages": [{**text, "sid": f"SM{2:032x}"}], "next_page_uri": "@elsewhere.example/2010-04-01/next"}
    )
    server.bodies = [first]
    now = datetime.now(UTC)

    found = await twilio.received_messages(CREDENTIAL, "+2", now, now)

    assert [message.sid for message in found.messages] == [f"SM{1:032x}", f"SM{2:032x}"]
    assert [path for _, path, _ in server.requests] == [
        f"/2010-04-01/Accounts/{CREDENTIAL.account_sid}/Messages.json",
        "/@elsewhere.example/2010-04-01/next",
    ]


@pytest.mark.parametrize(
    "leads_to",
    [
        pytest.param({"next_page_uri": "/2010-04-01/next"}, id="to itself"),
        pytest.param({"meta": {"key": "messages", "next_page_url": "http://127.0.0.1:1/next"}}, id="elsewhere"),
        pytest.param({"next_page_uri": 7}, id="to nothing"),
        pytest.param({"next_page_uri": ["/2010-04-01/next"]}, id="to several"),
    ],
)
async def test_a_log_that_leads_nowhere_ends_there(scripted: Scripted, leads_to: dict[str, object]) -> None:
    server, twilio = scripted
    text = {"sid": f"SM{1:032x}", "direction": "inbound", "from": "+1", "date_sent": CREATED["date_created"]}
    server.body = json.dumps({"messages": [text], **leads_to})
    now = datetime.now(UTC)

    found = await twilio.received_messages(CREDENTIAL, "+2", now, now)

    assert {message.sid for message in found.messages} == {text["sid"]}
    assert len(server.requests) <= 2


async def test_text_that_has_no_form_on_the_wire_is_not_sent(scripted: Scripted) -> None:
    """Half an emoji, as a caller's JSON can carry it."""
    message = OutgoingMessage("msg_1", "+12065550100", "+14165550123", "\ud83d")

    with pytest.raises(ProviderError):
        await scripted[1].send(CREDENTIAL, message)

    assert scripted[0].requests == []


@pytest.mark.parametrize(
    "nonsense",
    [
        {"num_segments": "many"},
        {"num_segments": str(2**64)},
        {"num_segments": "-1", "num_media": "\ud83d"},
        {"status": "\ud83d"},
        {"status": "failed", "error_code": 10**30},
        {"date_created": "yesterday"},
        {"date_created": "Fri, 31 Dec 9999 23:59:59 +0000"},
        {"date_created": "Thu, 01 Jan 1970 00:00:00 +0000"},
    ],
)
async def test_message_that_was_taken_is_known_by_its_sid_whatever_else_is_said_of_it(
    scripted: tuple[ScriptedTwilio, Twilio], nonsense: dict[str, object]
) -> None:
    server, twilio = scripted
    server.status, server.body = 201, json.dumps({**CREATED, **nonsense})

    taken = await twilio.send(CREDENTIAL, MESSAGE)

    assert taken.news.message_sid == "SM1"
    assert taken.segments in (0, 1)
    assert taken.news.status in ("queued", "failed", "")


async def test_log_is_read_past_what_is_none_of_our_messages(scripted: tuple[ScriptedTwilio, Twilio]) -> None:
    server, twilio = scripted
    others: list[dict[str, object]] = [{"sid": None}, {"direction": "outbound-reply"}, {"direction": "outbound-call"}]
    common: dict[str, object] = {**CREATED, "body": "hi", "direction": "outbound-api"}
    listed = [{**common, **other} for other in [*others, dict[str, object](sid="SM2")]]
    server.body = json.dumps({"messages": listed, "next_page_uri": None, "page": 0, "page_size": 50})

    found = await twilio.sent_messages(CREDENTIAL, "+1", "+2", datetime(2026, 11, 1, tzinfo=UTC))

    assert [taken.news.message_sid for taken in found] == ["SM2"]


_NUMBER: dict[str, object] = {
    "sid": "PN1",
    "account_sid": "AC1",
    "phone_number": "+12065550100",
    "sms_url": "https://a/",
}
_LAST_PAGE: dict[str, object] = {"next_page_uri": None, "page": 0, "page_size": 50}
# Half of a character, as JSON may have it.
_HALF = "\ud83d"


@pytest.mark.parametrize(
    "odd",
    [
        {"friendly_name": 5},
        {"friendly_name": _HALF},
        {"sms_url": 5},
        {"sms_url": f"https://{_HALF}/"},
        {"sms_method": ["POST"]},
        {"sms_fallback_url": {"url": "https://a/"}},
        {"sms_application_sid": 7},
        {"account_sid": None},
        {"capabilities": "sms"},
    ],
)
async def test_a_number_is_one_whatever_else_is_said_of_it(scripted: Scripted, odd: dict[str, object]) -> None:
    """What everybody can write, so that it hides none of its neighbours on the way to whoever asked."""
    answers, twilio = scripted
    answers.body = json.dumps({"incoming_phone_numbers": [{**_NUMBER, **odd}, _NUMBER], **_LAST_PAGE})

    found = (await twilio.list_phone_numbers(CREDENTIAL, "", 50, None)).phone_numbers

    assert [number.phone_number for number in found] == ["+12065550100", "+12065550100"]
    said = [value for number in found for value in (*vars(number).values(), *vars(number.urls).values())]
    texts = [value for value in said if value is not found[0].urls and value is not found[1].urls]
    assert all(isinstance(value, str | bool) for value in texts)
    assert "".join(str(value) for value in texts).encode()


@pytest.mark.parametrize("odd", [None, 5, {}, {"sid": _HALF}, {"sid": "../../Calls"}, {"sid": ["ME1"]}, {"sid": ""}])
async def test_files_of_a_text_are_those_that_have_a_name(scripted: tuple[ScriptedTwilio, Twilio], odd: object) -> None:
    answers, twilio = scripted
    files = [odd, {"sid": "ME1", "content_type": 5}, {"sid": "ME2", "content_type": _HALF}]
    answers.body = json.dumps({"media_list": files, **_LAST_PAGE})

    found = await twilio.message_media(CREDENTIAL, "MM1")

    assert [(url.rpartition("/")[2], content_type) for url, content_type in found] == [("ME1", ""), ("ME2", "�")]
