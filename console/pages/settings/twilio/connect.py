"""`/settings/integrations/twilio/connect`: an account is connected, or gets the Auth Token that Twilio has now."""

from aiohttp import web

from client.failure import Failure
from client.lists import list_twilio_accounts
from client.session import TWILIO_SECONDS
from client.words.language import marked, say
from console.pages.settings.forms import Form, errors_of, typed
from console.pages.settings.home import TWILIO
from console.rendering import render
from console.toasts import Toast, see_other
from console.visit import VISIT, Visit
from keva.sms.v1 import sms_service_pb2

_FIELDS = ("account_sid", "auth_token")
_BY_REASON = {"TWILIO_CREDENTIALS_REFUSED": "auth_token", "TWILIO_ACCOUNT_TAKEN": "account_sid"}
# Twilio's codes for an account that is not active, which it may also say without one.
_OF_A_RIGHT_PAIR = ("0", "20005", "90010")
_NOT_TAKEN = marked(
    "Twilio did not take this token with this Account SID. Copy both again from the first page of Twilio's console: "
    "the live credentials, not the test ones, and those of the subaccount, if it is one. See there, too, whether the "
    "account is suspended."
)


async def show(request: web.Request) -> web.Response:
    """The form; `?account_sid=` is filled in."""
    await list_twilio_accounts(request[VISIT].session)
    return _form(request, Form({"account_sid": request.query.get("account_sid", "")}))


async def connect(request: web.Request) -> web.Response:
    """Asks Twilio, and stores the pair if it is right. The token is never shown again, not even when it is wrong."""
    visit, given = request[VISIT], await typed(request, _FIELDS)
    wanted = sms_service_pb2.ConnectTwilioAccountRequest(organization_id=visit.session.organization_id, **given)
    try:
        answer = await visit.session.ask(visit.session.services.sms.ConnectTwilioAccount, wanted, TWILIO_SECONDS)
    except Failure as failure:
        return _form(request, Form({"account_sid": _shown(given["account_sid"])}, _errors(visit, failure)))
    toast = Toast(
        say("Connected %(account_sid)s. Its numbers can be added now.", account_sid=answer.account.account_sid)
    )
    return see_other(visit.url(f"{TWILIO}/{answer.account.account_sid}"), toast)


def _errors(visit: Visit, failure: Failure) -> dict[str, str]:
    # Of a right pair the message says why it is of no use.
    if failure.reason == "TWILIO_CREDENTIALS_REFUSED":
        wrong = failure.metadata.get("twilio_code", "0") not in _OF_A_RIGHT_PAIR
        return {"auth_token": say(_NOT_TAKEN) if wrong else failure.message}
    return errors_of(visit, failure, _FIELDS, _BY_REASON)


def _shown(account_sid: str) -> str:
    """Text that is not an Account SID may be the token, in the wrong field."""
    return account_sid if account_sid.startswith("AC") else ""


def _form(request: web.Request, form: Form) -> web.Response:
    return render(request, "settings/twilio/connect.html", {"form": form}, form.status)


ROUTES = (web.get(f"{TWILIO}/connect", show), web.post(f"{TWILIO}/connect", connect))
