"""Control: customers who text, and the whole log of what came of it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

from aiohttp import web

from dev.twilio_simulator.control.orders import SentOrder, TextOrder
from dev.twilio_simulator.directory import Number
from dev.twilio_simulator.log import Attempt, Media, Message, new_sid, now
from dev.twilio_simulator.state import SIMULATOR, Simulator, events, masked
from dev.twilio_simulator.webhooks.inbound import Wishes, deliver_text
from dev.twilio_simulator.webhooks.targets import swallows

LONGEST_WAIT = 600.0  # seconds


class ControlError(Exception):
    """A control call that cannot be done; answered as JSON with that HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def send_text(request: web.Request) -> web.Response:
    simulator = request.app[SIMULATOR]
    order = TextOrder.model_validate_json(await request.read())
    number = _receiver(simulator, order)
    message = _received(simulator, order, number)
    if not order.deliver or swallows(simulator, number):
        return _text_answer(message, None, [])
    wishes = Wishes(order.params, order.tamper, order.copies)
    if not order.wait:
        simulator.start(deliver_text(simulator, number, message, wishes))
        return _text_answer(message, None, [])
    attempts = await deliver_text(simulator, number, message, wishes)
    return _text_answer(message, any(attempt.accepted for attempt in attempts), attempts)


def _receiver(simulator: Simulator, order: TextOrder) -> Number:
    """The number that is texted, of the named account or of the only one that has it."""
    owned = simulator.directory.holding(order.to)
    numbers = [number for number in owned if order.account_sid in (None, number.account_sid)]
    if not numbers:
        raise ControlError(404, f"no such account has the number {order.to}")
    if len(numbers) > 1:
        raise ControlError(400, f"several accounts have the number {order.to}: account_sid is needed")
    return numbers[0]


def _received(simulator: Simulator, order: TextOrder, number: Number) -> Message:
    """The text in the log: a new one, or the one that is delivered again."""
    known = simulator.messages.find(order.message_sid) if order.message_sid else None
    if known is not None:
        return known
    moment = now() if order.sent_at is None else _utc(order.sent_at)
    message = Message(
        sid=order.message_sid or new_sid("MM" if order.media else "SM"),
        account_sid=number.account_sid,
        direction="inbound",
        sender=order.sender,
        to=order.to,
        body=_cut(order.body) if order.cut else order.body,
        status="received",
        date_created=moment,
        date_sent=moment,
        num_media=len(order.media),
    )
    message.media = [
        Media(new_sid("ME"), message.account_sid, message.sid, file.content_type, file.base64, moment)
        for file in order.media
    ]
    if not swallows(simulator, number):
        simulator.messages.add(message)
    service = simulator.directory.service_of(number)
    simulator.opt_outs.hear(order.to, order.sender, order.body, service.numbers if service else ())
    events.info("text %s from %s to %s", message.sid, masked(message.sender), masked(message.to))
    return message


def _cut(body: str) -> str:
    """As a carrier leaves it that cuts a text inside its last character, which must be beyond U+FFFF."""
    return body.encode("utf-16-le")[:-2].decode("utf-16-le", "surrogatepass")


async def log_sent(request: web.Request) -> web.Response:
    """Log an SMS as delivered that another program gave to Twilio."""
    order = SentOrder.model_validate_json(await request.read())
    moment = now() if order.sent_at is None else _utc(order.sent_at)
    message = Message(
        sid=new_sid("SM"),
        account_sid=order.account_sid,
        direction="outbound-api",
        sender=order.sender,
        to=order.to,
        body=order.body,
        status="delivered",
        date_created=moment,
        date_sent=moment,
    )
    request.app[SIMULATOR].messages.add(message)
    return web.json_response(message_json(message), status=201)


def _utc(moment: datetime) -> datetime:
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(microsecond=0)


def _text_answer(message: Message, acknowledged: bool | None, attempts: list[Attempt]) -> web.Response:
    body = {
        "message_sid": message.sid,
        "acknowledged": acknowledged,
        "attempts": [asdict(attempt) for attempt in attempts],
    }
    return web.json_response(body)


async def list_log(request: web.Request) -> web.Response:
    """Every message that matches, oldest first; with wait_count, once there are that many."""
    simulator = request.app[SIMULATOR]
    query = request.query
    wanted = {
        "account_sid": query.get("account_sid"),
        "to": query.get("to"),
        "sender": query.get("from"),
        "direction": query.get("direction"),
    }
    wanted = {name: value for name, value in wanted.items() if value}

    def matching() -> list[Message]:
        return [m for m in simulator.messages if all(getattr(m, k) == v for k, v in wanted.items())]

    count = int(query.get("wait_count", "0"))
    await _wait(request, lambda: len(matching()) >= count, lambda: f"{len(matching())} of {count} messages")
    return web.json_response({"messages": [message_json(message) for message in matching()]})


async def show_message(request: web.Request) -> web.Response:
    """One message; with wait_for, once it has been in one of those statuses and the callback is settled."""
    simulator = request.app[SIMULATOR]
    message = simulator.messages.find(request.match_info["message_sid"])
    if message is None:
        raise ControlError(404, "no such message")
    wanted = {status for status in request.query.get("wait_for", "").split(",") if status}

    def settled() -> bool:
        reached = wanted & set(message.history)
        return bool(reached) and all(c.settled for c in message.callbacks if c.message_status in reached)

    if wanted:
        await _wait(request, settled, lambda: f"the message is {message.status}")
    return web.json_response(message_json(message))


async def _wait(request: web.Request, condition: Callable[[], bool], describe: Callable[[], str]) -> None:
    """Wait for the query's `timeout` in seconds (10 unless given). Raises ControlError 408 after it."""
    seconds = min(float(request.query.get("timeout", "10")), LONGEST_WAIT)
    try:
        await request.app[SIMULATOR].messages.wait_until(condition, seconds)
    except TimeoutError as error:
        raise ControlError(408, f"after {seconds:g} s {describe()}") from error


def message_json(message: Message) -> dict[str, object]:
    return {
        "sid": message.sid,
        "account_sid": message.account_sid,
        "direction": message.direction,
        "from": message.sender,
        "to": message.to,
        "body": message.body,
        "status": message.status,
        "error_code": message.error_code,
        "num_segments": message.num_segments,
        "num_media": message.num_media,
        "media_urls": message.media_urls,
        "date_created": message.date_created.isoformat(),
        "date_sent": None if message.date_sent is None else message.date_sent.isoformat(),
        "status_callback": message.status_callback,
        "callbacks": [asdict(callback) for callback in message.callbacks],
        "attempts": [asdict(attempt) for attempt in message.attempts],
    }
