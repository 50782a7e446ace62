"""Control: what there is at Twilio, and what goes wrong there. For this machine only, and for whoever shows
the token: other users of the machine may not order texts."""

import hmac
from dataclasses import asdict

from aiohttp import web
from aiohttp.typedefs import Handler

from dev.twilio_simulator.control.orders import (
    AccountOrder,
    FaultOrder,
    NumberOrder,
    OutcomeOrder,
    ServiceOrder,
    SharedKeyOrder,
)
from dev.twilio_simulator.control.phones import put_phone, show_phones
from dev.twilio_simulator.control.texts import ControlError, list_log, log_sent, send_text, show_message
from dev.twilio_simulator.directory import Account, MessagingService, Number, SharedKey
from dev.twilio_simulator.faults import Fault
from dev.twilio_simulator.phones import Outcome
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.messaging_services import service_resource
from dev.twilio_simulator.rest.numbers import change_number, number_resource
from dev.twilio_simulator.state import SIMULATOR, events, masked


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def put_account(request: web.Request) -> web.Response:
    """Create an account, or change its token and what else is given."""
    sid = request.match_info["account_sid"]
    order = AccountOrder.model_validate_json(await request.read())
    accounts = request.app[SIMULATOR].directory.accounts
    account = accounts.setdefault(sid, Account(sid, order.auth_token, friendly_name=sid))
    for name, value in order.model_dump(exclude_none=True).items():
        setattr(account, name, value)
    events.info("account %s is there, and %s", sid, account.status)
    return web.json_response({"sid": sid, "friendly_name": account.friendly_name})


async def create_secondary(request: web.Request) -> web.Response:
    return web.json_response({"secondary_auth_token": _account(request).create_secondary()})


async def promote(request: web.Request) -> web.Response:
    token = _account(request).promote()
    if token is None:
        raise ControlError(409, "the account has no secondary token")
    return web.json_response({"auth_token": token})


async def put_shared_key(request: web.Request) -> web.Response:
    """Sign webhooks with a shared key."""
    order = SharedKeyOrder.model_validate_json(await request.read())
    _account(request).shared_key = SharedKey(**order.model_dump())
    events.info("account %s signs with a shared key", request.match_info["account_sid"])
    return web.json_response({"shared_key_id": order.shared_key_id})


async def delete_shared_key(request: web.Request) -> web.Response:
    """Sign webhooks with the auth token again."""
    _account(request).shared_key = None
    return web.json_response({})


async def put_number(request: web.Request) -> web.Response:
    account = _account(request)
    order = NumberOrder.model_validate_json(await request.read())
    directory = request.app[SIMULATOR].directory
    phone_number = request.match_info["phone_number"]
    known = directory.number(account.sid, phone_number)
    number = known or Number(account.sid, phone_number, friendly_name=phone_number)
    if order.capabilities is not None:
        number.capabilities = frozenset(order.capabilities)
    try:
        change_number(number, _form(order))
    except TwilioError as error:
        raise ControlError(400, error.message) from error
    directory.add_number(number)
    request.app[SIMULATOR].messages.notify()
    events.info("number %s is there", masked(phone_number))
    return web.json_response(number_resource(number))


def _form(order: NumberOrder) -> dict[str, str]:
    fields = {
        "FriendlyName": order.friendly_name,
        "SmsUrl": order.sms_url,
        "SmsMethod": order.sms_method,
        "SmsFallbackUrl": order.sms_fallback_url,
        "SmsApplicationSid": order.sms_application_sid,
    }
    return {name: value for name, value in fields.items() if value is not None}


async def put_service(request: web.Request) -> web.Response:
    """Create a messaging service, or change all of it."""
    account, sid = _account(request), request.match_info["service_sid"]
    order = ServiceOrder.model_validate_json(await request.read())
    service = MessagingService(sid, account.sid, **order.model_dump())
    request.app[SIMULATOR].directory.put_service(service)
    events.info("messaging service %s is there", sid)
    return web.json_response(service_resource(service))


async def add_fault(request: web.Request) -> web.Response:
    order = FaultOrder.model_validate_json(await request.read())
    fault = Fault(**order.model_dump())
    request.app[SIMULATOR].faults.add(fault)
    events.info("fault ordered: %s %s", fault.operation, fault.fault)
    return web.json_response(asdict(fault), status=201)


async def list_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": [asdict(fault) for fault in request.app[SIMULATOR].faults]})


async def clear_faults(request: web.Request) -> web.Response:
    request.app[SIMULATOR].faults.clear()
    return web.json_response({})


async def put_outcome(request: web.Request) -> web.Response:
    order = OutcomeOrder.model_validate_json(await request.read())
    request.app[SIMULATOR].outcomes[request.match_info["phone_number"]] = Outcome(**order.model_dump())
    return web.json_response({})


async def reset(request: web.Request) -> web.Response:
    await request.app[SIMULATOR].reset()
    events.info("reset")
    return web.json_response({})


def _account(request: web.Request) -> Account:
    sid = request.match_info["account_sid"]
    account = request.app[SIMULATOR].directory.accounts.get(sid)
    if account is None:
        raise ControlError(404, f"no account {sid}")
    return account


def routes() -> list[web.RouteDef]:
    guarded = [web.route(route.method, route.path, _with_token(route.handler)) for route in _guarded_routes()]
    return [web.get("/control/health", health), *guarded]


def _with_token(handler: Handler) -> Handler:
    async def checked(request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        wanted = f"Bearer {request.app[SIMULATOR].control_token}"
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode()):
            raise ControlError(401, "the simulator's token is missing or wrong")
        return await handler(request)

    return checked


def _guarded_routes() -> list[web.RouteDef]:
    account = "/control/accounts/{account_sid:\\w+}"
    return [
        web.put(account, put_account),
        web.post(account + "/secondary", create_secondary),
        web.post(account + "/promote", promote),
        web.put(account + "/shared-key", put_shared_key),
        web.delete(account + "/shared-key", delete_shared_key),
        web.put(account + "/numbers/{phone_number}", put_number),
        web.put(account + "/services/{service_sid:MG[0-9a-f]{32}}", put_service),
        web.post("/control/texts", send_text),
        web.post("/control/sent", log_sent),
        web.post("/control/faults", add_fault),
        web.get("/control/faults", list_faults),
        web.delete("/control/faults", clear_faults),
        web.put("/control/outcomes/{phone_number}", put_outcome),
        web.get("/control/phones", show_phones),
        web.put("/control/phones/{phone_number}", put_phone),
        web.get("/control/messages", list_log),
        web.get("/control/messages/{message_sid}", show_message),
        web.post("/control/reset", reset),
    ]
