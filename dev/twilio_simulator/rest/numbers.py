"""REST: IncomingPhoneNumbers, the account's numbers and where their texts go."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web

from dev.twilio_simulator.directory import CAPABILITIES, Account, Number, matches_number
from dev.twilio_simulator.log import now
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.operations import form_of, rest, rfc2822
from dev.twilio_simulator.rest.paging import page
from dev.twilio_simulator.state import Simulator, events, masked

# Form parameter -> field; what a number may be updated with.
URLS = {"SmsUrl": "sms_url", "SmsFallbackUrl": "sms_fallback_url", "StatusCallback": "status_callback"}
METHODS = {
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}
TEXTS = {"FriendlyName": "friendly_name", "SmsApplicationSid": "sms_application_sid"}


async def list_numbers(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    pattern, name = request.query.get("PhoneNumber"), request.query.get("FriendlyName")
    numbers = [
        ((index, 0), number)
        for index, number in enumerate(simulator.directory.numbers_of(account.sid))
        if not number.is_short_code
        and (not pattern or matches_number(pattern, number.phone_number))
        and (not name or number.friendly_name == name)
    ]
    return page(request, "incoming_phone_numbers", numbers, number_resource)


async def fetch_number(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    return web.json_response(number_resource(_find(simulator, account, request)))


async def update_number(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    number = _find(simulator, account, request)
    change_number(number, await form_of(request))
    events.info("number %s changed", masked(number.phone_number))
    return web.json_response(number_resource(number))


def change_number(number: Number, form: Mapping[str, str]) -> None:
    """Apply what a form has, all or nothing. Raises TwilioError 21402, 21403, 21406 or 21407."""
    changes = {field: form[name] for name, field in {**TEXTS, **URLS, **METHODS}.items() if name in form}
    for field in URLS.values():
        if changes.get(field) and not is_web_url(changes[field]):
            raise TwilioError(21402, changes[field])
    for field in METHODS.values():
        if field in changes and changes[field] not in ("GET", "POST"):
            raise TwilioError(21403, changes[field])
    if any(value for field, value in changes.items() if field.startswith("sms_")) and not number.texts:
        raise TwilioError(21407)
    fallback = changes.get("sms_fallback_url", number.sms_fallback_url)
    if fallback and not changes.get("sms_url", number.sms_url):
        raise TwilioError(21406)
    for field, value in changes.items():
        setattr(number, field, value)
    number.date_updated = now()


def is_web_url(url: str) -> bool:
    """Whether Twilio would take it as a URL to call. It refuses underscores in host names."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port  # raises on nonsense
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and host != "" and "_" not in host and " " not in url


def _find(simulator: Simulator, account: Account, request: web.Request) -> Number:
    sid = request.match_info["number_sid"]
    for number in simulator.directory.numbers_of(account.sid):
        if number.sid == sid:
            return number
    raise TwilioError(20404, request.path)


def number_resource(number: Number) -> dict[str, object]:
    return {
        "sid": number.sid,
        "account_sid": number.account_sid,
        "phone_number": number.phone_number,
        "friendly_name": number.friendly_name,
        "capabilities": {name: name in number.capabilities for name in CAPABILITIES},
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "sms_application_sid": number.sms_application_sid,
        "voice_url": "",
        "voice_method": "POST",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "status": "in-use",
        "origin": "twilio",
        "beta": False,
        "api_version": "2010-04-01",
        "date_created": rfc2822(number.date_created),
        "date_updated": rfc2822(number.date_updated),
        "uri": f"/2010-04-01/Accounts/{number.account_sid}/IncomingPhoneNumbers/{number.sid}.json",
    }


def routes() -> list[web.RouteDef]:
    numbers = "/2010-04-01/Accounts/{account_sid:\\w+}/IncomingPhoneNumbers"
    one = numbers + "/{number_sid:\\w+}.json"
    return [
        web.get(numbers + ".json", rest("list_numbers", list_numbers)),
        web.get(one, rest("fetch_number", fetch_number)),
        web.post(one, rest("update_number", update_number)),
    ]
