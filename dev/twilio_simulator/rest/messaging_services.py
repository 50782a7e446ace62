"""REST: messaging services (messaging.twilio.com at Twilio)."""

from aiohttp import web

from dev.twilio_simulator.directory import Account, MessagingService, Number
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.operations import iso8601, rest
from dev.twilio_simulator.rest.paging import page_v1
from dev.twilio_simulator.state import Simulator


async def list_services(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    services = enumerate(simulator.directory.services_of(account.sid))
    return page_v1(request, "services", [((index, 0), one) for index, one in services], service_resource)


async def list_service_numbers(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    sid = request.match_info["service_sid"]
    service = next((one for one in simulator.directory.services_of(account.sid) if one.sid == sid), None)
    if service is None:
        raise TwilioError(20404, request.path)
    own = [number for number in simulator.directory.numbers_of(account.sid) if number.phone_number in service.numbers]
    items = [((index, 0), number) for index, number in enumerate(own)]
    return page_v1(request, "phone_numbers", items, lambda number: _service_number(service, number))


def service_resource(service: MessagingService) -> dict[str, object]:
    return {
        "sid": service.sid,
        "account_sid": service.account_sid,
        "friendly_name": service.friendly_name,
        "inbound_request_url": service.inbound_request_url,
        "inbound_method": service.inbound_method,
        "fallback_url": service.fallback_url,
        "fallback_method": service.fallback_method,
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
        "status_callback": None,
        "usecase": "undeclared",
        "date_created": iso8601(service.date_created),
        "date_updated": iso8601(service.date_created),
        "url": f"https://messaging.twilio.com/v1/Services/{service.sid}",
    }


def _service_number(service: MessagingService, number: Number) -> dict[str, object]:
    return {
        "sid": number.sid,
        "account_sid": number.account_sid,
        "service_sid": service.sid,
        "phone_number": number.phone_number,
        "country_code": "US",
        "capabilities": sorted(name.upper() for name in number.capabilities),
        "date_created": iso8601(number.date_created),
        "date_updated": iso8601(number.date_updated),
        "url": f"https://messaging.twilio.com/v1/Services/{service.sid}/PhoneNumbers/{number.sid}",
    }


def routes() -> list[web.RouteDef]:
    return [
        web.get("/v1/Services", rest("list_services", list_services)),
        web.get("/v1/Services/{service_sid:\\w+}/PhoneNumbers", rest("list_service_numbers", list_service_numbers)),
    ]
