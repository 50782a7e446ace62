"""Control: customers' phones, as the page for people shows them (phone_page/), live."""

import contextlib
from dataclasses import asdict

import phonenumbers
from aiohttp import web

from dev.twilio_simulator.control.orders import PhoneOrder
from dev.twilio_simulator.control.texts import ControlError
from dev.twilio_simulator.log import Media, Message
from dev.twilio_simulator.phones import Outcome, Phone
from dev.twilio_simulator.rest.media_store import STORE
from dev.twilio_simulator.state import SIMULATOR, Simulator, events, masked

# Numbers without a country's code are read as those of this one.
_REGION = "US"
_LONGEST_WAIT = 25.0  # seconds
_MOST_PHONES = 100
_MOST_TEXTS = 300


async def show_phones(request: web.Request) -> web.Response:
    """All phones, our numbers, and the texts of the phone in the query's `phone`. With `seen`, the `version` of an
    earlier answer, once something has changed since, or after a while."""
    simulator = request.app[SIMULATOR]
    seen = request.query.get("seen")
    with contextlib.suppress(TimeoutError):
        await simulator.messages.wait_until(lambda: simulator.messages.version != seen, _LONGEST_WAIT)
    chosen = request.query.get("phone", "")
    by_phone = _texts_by_phone(simulator)
    body = {
        "version": simulator.messages.version,
        "numbers": _our_numbers(simulator),
        "phones": [_summary(phone, by_phone.get(phone.number, [])) for phone in _phones(simulator, by_phone)],
        "texts": [_text(message) for message in by_phone.get(chosen, [])[-_MOST_TEXTS:]],
    }
    return web.json_response(body)


async def put_phone(request: web.Request) -> web.Response:
    """Name a phone, switch it on or off, or say what becomes of the next text to it; what is left out stays."""
    simulator = request.app[SIMULATOR]
    order = PhoneOrder.model_validate_json(await request.read())
    phone = simulator.phones.find(_e164(request.match_info["phone_number"]))
    if order.name is not None:
        phone.name = order.name.strip()
    if order.is_on is not None:
        phone.turn(order.is_on)
    if "next" in order.model_fields_set:
        phone.next = None if order.next is None else Outcome(**order.next.model_dump())
    simulator.phones.put(phone)
    simulator.messages.notify()
    events.info("phone %s is %s", masked(phone.number), "on" if phone.is_on else "off")
    return web.json_response(_summary(phone, []))


def _e164(typed: str) -> str:
    """The number as Twilio writes it. Raises ControlError."""
    try:
        number = phonenumbers.parse(typed, _REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ControlError(400, f"{typed} is not a phone number: write it like +1 415 555 0101")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _texts_by_phone(simulator: Simulator) -> dict[str, list[Message]]:
    by_phone: dict[str, list[Message]] = {}
    for message in simulator.messages:
        by_phone.setdefault(_customer(message), []).append(message)
    return by_phone


def _customer(message: Message) -> str:
    return message.sender if message.direction == "inbound" else message.to


def _phones(simulator: Simulator, by_phone: dict[str, list[Message]]) -> list[Phone]:
    """Those that somebody has named or changed, then others that have texted or were texted, the newest first."""
    known = list(simulator.phones)
    named = {phone.number for phone in known}
    others = [number for number in reversed(by_phone) if number not in named]
    return known + [simulator.phones.find(number) for number in others[:_MOST_PHONES]]


def _our_numbers(simulator: Simulator) -> list[dict[str, str]]:
    directory = simulator.directory
    return [
        {
            "account_sid": account.sid,
            "account": account.friendly_name,
            "phone_number": number.phone_number,
            "name": number.friendly_name,
        }
        for account in directory.accounts.values()
        for number in directory.numbers_of(account.sid)
    ]


def _summary(phone: Phone, texts: list[Message]) -> dict[str, object]:
    arrived = [message for message in texts if _has_arrived(message)]
    return {
        "phone_number": phone.number,
        "name": phone.name,
        "is_on": phone.is_on,
        "next": None if phone.next is None else asdict(phone.next),
        "received": sum(message.direction != "inbound" for message in arrived),
        "last_text": _text(arrived[-1]) if arrived else None,
    }


def _has_arrived(message: Message) -> bool:
    return message.direction == "inbound" or message.status == "delivered"


def _text(message: Message) -> dict[str, object]:
    is_inbound = message.direction == "inbound"
    return {
        "sid": message.sid,
        "account_sid": message.account_sid,
        "is_inbound": is_inbound,
        "our_number": message.to if is_inbound else message.sender,
        "body": message.body,
        "sent_at": message.date_created.isoformat(),
        "status": message.status,
        "error_code": message.error_code,
        "media": [_media(one) for one in message.media],
        "media_urls": message.media_urls,
        # Of a customer's text: whether the webhook took it; None before there is an answer, or without a webhook.
        "acknowledged": any(attempt.accepted for attempt in message.attempts) if message.attempts else None,
        "answer": message.attempts[-1].status if message.attempts else None,
    }


def _media(media: Media) -> dict[str, str]:
    return {"content_type": media.content_type, "url": f"{STORE}/{media.message_sid}/{media.sid}"}
