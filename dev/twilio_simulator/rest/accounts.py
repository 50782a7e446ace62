"""REST: the account itself, and the rotation of its auth token (accounts.twilio.com at Twilio)."""

from aiohttp import web

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.log import now
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.operations import iso8601, rest, rfc2822
from dev.twilio_simulator.state import Simulator, events


async def fetch_account(_simulator: Simulator, account: Account, _request: web.Request) -> web.Response:
    uri = f"/2010-04-01/Accounts/{account.sid}"
    body = {
        "sid": account.sid,
        "friendly_name": account.friendly_name,
        "status": account.status,
        "type": "Trial" if account.trial else "Full",
        "owner_account_sid": account.sid,
        "auth_token": account.auth_token,
        "date_created": rfc2822(account.date_created),
        "date_updated": rfc2822(account.date_created),
        "uri": f"{uri}.json",
        "subresource_uris": {
            "messages": f"{uri}/Messages.json",
            "incoming_phone_numbers": f"{uri}/IncomingPhoneNumbers.json",
        },
    }
    return web.json_response(body)


async def create_secondary_token(_simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    """Raises TwilioError 20001 while there is one; Twilio's code for it is not documented."""
    if account.secondary_token is not None:
        raise TwilioError(20001, "the account has a secondary auth token")
    token = account.create_secondary()
    events.info("account %s has a secondary token", account.sid)
    return web.json_response(_token_resource(account, request, "secondary_auth_token", token), status=201)


async def delete_secondary_token(_simulator: Simulator, account: Account, _request: web.Request) -> web.Response:
    if account.secondary_token is None:
        raise TwilioError(20404, "no secondary auth token")
    account.secondary_token = None
    return web.Response(status=204)


async def promote_secondary_token(_simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    token = account.promote()
    if token is None:
        raise TwilioError(20404, "no secondary auth token")
    events.info("account %s signs with a new token", account.sid)
    return web.json_response(_token_resource(account, request, "auth_token", token))


def _token_resource(account: Account, request: web.Request, name: str, token: str) -> dict[str, object]:
    moment = iso8601(now())
    url = f"https://accounts.twilio.com{request.path}"
    return {
        "account_sid": account.sid,
        "date_created": moment,
        "date_updated": moment,
        name: token,
        "url": url,
    }


def routes() -> list[web.RouteDef]:
    secondary = "/v1/AuthTokens/Secondary"
    return [
        web.get("/2010-04-01/Accounts/{account_sid:\\w+}.json", rest("fetch_account", fetch_account)),
        web.post(secondary, rest("create_secondary_token", create_secondary_token)),
        web.delete(secondary, rest("delete_secondary_token", delete_secondary_token)),
        web.post("/v1/AuthTokens/Promote", rest("promote_secondary_token", promote_secondary_token)),
    ]
