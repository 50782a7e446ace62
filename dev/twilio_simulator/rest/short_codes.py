"""REST: SMS/ShortCodes, which Twilio lists apart from the account's other numbers.

Rule: https://www.twilio.com/docs/sms/api/short-code-resource.
"""

from aiohttp import web

from dev.twilio_simulator.directory import Account, Number, matches_number
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.numbers import change_number
from dev.twilio_simulator.rest.operations import form_of, rest, rfc2822
from dev.twilio_simulator.rest.paging import page
from dev.twilio_simulator.state import Simulator, events, masked


async def list_short_codes(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    pattern = request.query.get("ShortCode")
    codes = [
        ((index, 0), number)
        for index, number in enumerate(_short_codes(simulator, account))
        if not pattern or matches_number(pattern, number.phone_number)
    ]
    return page(request, "short_codes", codes, short_code_resource)


async def update_short_code(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    sid = request.match_info["short_code_sid"]
    number = next((one for one in _short_codes(simulator, account) if one.sid == sid), None)
    if number is None:
        raise TwilioError(20404, request.path)
    change_number(number, await form_of(request))
    events.info("short code %s changed", masked(number.phone_number))
    return web.json_response(short_code_resource(number))


def _short_codes(simulator: Simulator, account: Account) -> list[Number]:
    return [number for number in simulator.directory.numbers_of(account.sid) if number.is_short_code]


def short_code_resource(number: Number) -> dict[str, object]:
    return {
        "sid": number.sid,
        "account_sid": number.account_sid,
        "api_version": "2010-04-01",
        "short_code": number.phone_number,
        "friendly_name": number.friendly_name,
        "sms_url": number.sms_url,
        "sms_method": number.sms_method,
        "sms_fallback_url": number.sms_fallback_url,
        "sms_fallback_method": number.sms_fallback_method,
        "date_created": rfc2822(number.date_created),
        "date_updated": rfc2822(number.date_updated),
        "uri": f"/2010-04-01/Accounts/{number.account_sid}/SMS/ShortCodes/{number.sid}.json",
    }


def routes() -> list[web.RouteDef]:
    codes = "/2010-04-01/Accounts/{account_sid:\\w+}/SMS/ShortCodes"
    return [
        web.get(codes + ".json", rest("list_short_codes", list_short_codes)),
        web.post(codes + "/{short_code_sid:\\w+}.json", rest("update_short_code", update_short_code)),
    ]
