"""REST: the message log, and one message of it. Creating one is in create_message.py."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from aiohttp import web

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.log import Message, now
from dev.twilio_simulator.rest.errors import DELIVERY_ERRORS, TwilioError
from dev.twilio_simulator.rest.operations import form_of, rfc2822
from dev.twilio_simulator.rest.paging import Position, page
from dev.twilio_simulator.state import Simulator

IN_PROGRESS = frozenset({"queued", "sending", "receiving"})
# Lines that nobody can read, or take in.
POISON: tuple[Any, ...] = (
    None,
    "a line",
    {},
    {"direction": "inbound", "sid": None, "from": "+15005550006", "body": "hi", "date_sent": None},
    {"direction": "inbound", "sid": "SM" + "0" * 32, "from": None, "date_sent": "Thu, 31 Feb 2026 25:61:00 +0000"},
)
Condition = Callable[[Message], bool]


async def list_messages(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    """Newest first, as Twilio seems to do; its documentation does not say so."""
    conditions = _conditions(request)
    if (lag := simulator.faults.take("list_messages", {"lag"})) is not None:
        latest = time.monotonic() - lag.seconds
        conditions.append(lambda message: message.logged_at <= latest)
    messages = [
        (_position(message), message)
        for message in simulator.messages.newest_first(account.sid)
        if all(condition(message) for condition in conditions)
    ]
    if simulator.faults.take("list_messages", {"poison"}) is not None:
        first = messages[0][0] if messages else (0, 0)
        return page(request, "messages", [*((first, line) for line in POISON), *messages], _line)
    return page(request, "messages", messages, message_resource)


async def fetch_message(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    return web.json_response(message_resource(find_message(simulator, account, request)))


async def update_message(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    """Redact a message: an empty Body is all that may be written. Raises TwilioError 20001, 20009, 20404."""
    message = find_message(simulator, account, request)
    if (await form_of(request)).get("Body") != "":
        raise TwilioError(20001, "Body can only be made empty, and only scheduled messages can be canceled")
    if message.status in IN_PROGRESS:
        raise TwilioError(20009)
    message.body = ""
    message.date_updated = now()
    return web.json_response(message_resource(message))


async def delete_message(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    message = find_message(simulator, account, request)
    if message.status in IN_PROGRESS:
        raise TwilioError(20009)
    simulator.messages.remove(message)
    return web.Response(status=204)


def find_message(simulator: Simulator, account: Account, request: web.Request) -> Message:
    """The message in the path, if it is the account's. Raises TwilioError 20404."""
    message = simulator.messages.find(request.match_info["message_sid"])
    if message is None or message.account_sid != account.sid:
        raise TwilioError(20404, request.path)
    return message


def _position(message: Message) -> Position:
    created, sequence = message.position
    return -int(created.timestamp()), -sequence


def _conditions(request: web.Request) -> list[Condition]:
    query = request.query
    conditions: list[Condition] = []
    if to := query.get("To"):
        conditions.append(lambda message: message.to == to)
    if sender := query.get("From"):
        conditions.append(lambda message: message.sender == sender)
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if text := query.get(name):
            conditions.append(_sent(name, text))
    return conditions


def _sent(name: str, text: str) -> Condition:
    """A DateSent filter: a GMT day, or a moment to the second; both ends belong to it.

    DateSent itself always means the day: Twilio's libraries can only write it as a moment. What has not
    been sent has no date and matches none.
    """
    whole_day = name == "DateSent" or "T" not in text
    try:
        limit = datetime.fromisoformat(text)
    except ValueError as error:
        raise TwilioError(20001, f"{name}={text}") from error
    limit = limit.replace(tzinfo=UTC) if limit.tzinfo is None else limit.astimezone(UTC)

    def matches(message: Message) -> bool:
        if message.date_sent is None:
            return False
        sent: date = message.date_sent.date() if whole_day else message.date_sent
        bound: date = limit.date() if whole_day else limit
        if name == "DateSent":
            return sent == bound
        return sent <= bound if name == "DateSent<" else sent >= bound

    return matches


def _line(line: Any) -> Any:
    return message_resource(line) if isinstance(line, Message) else line


def message_resource(message: Message) -> dict[str, object]:
    """The Message resource: numbers are strings, save error_code."""
    uri = f"/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}"
    sent = message.date_sent is not None
    return {
        "account_sid": message.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": rfc2822(message.date_created),
        "date_sent": rfc2822(message.date_sent),
        "date_updated": rfc2822(message.date_updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": _error_message(message.error_code),
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": str(message.num_media),
        "num_segments": str(message.num_segments),
        "price": f"-{0.0083 * message.num_segments:.5f}" if sent else None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json", "feedback": f"{uri}/Feedback.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def _error_message(code: int | None) -> str | None:
    return None if code is None else DELIVERY_ERRORS.get(code, f"Error {code}")
