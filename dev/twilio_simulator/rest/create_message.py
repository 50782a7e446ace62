"""REST: POST Messages.json, what Twilio accepts and what it refuses."""

import re
from collections.abc import Mapping

from aiohttp import web
from multidict import MultiDict

from dev.twilio_simulator.directory import Account
from dev.twilio_simulator.log import TRIAL_MARK, Message, new_sid, now
from dev.twilio_simulator.rest.errors import TwilioError
from dev.twilio_simulator.rest.messages import (
    delete_message,
    fetch_message,
    list_messages,
    message_resource,
    update_message,
)
from dev.twilio_simulator.rest.numbers import is_web_url
from dev.twilio_simulator.rest.operations import form_of, rest
from dev.twilio_simulator.state import Simulator, events, masked
from dev.twilio_simulator.webhooks.callbacks import play_out

LONGEST_BODY = 1600  # characters
MOST_MEDIA = 10
E164 = re.compile(r"\+[1-9]\d{6,14}")
SHORT_CODE = re.compile(r"[0-9]{3,8}")

# Twilio's test numbers: https://www.twilio.com/docs/iam/test-credentials.
MAGIC_SENDER = "+15005550006"
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}


async def create_message(simulator: Simulator, account: Account, request: web.Request) -> web.Response:
    form = await form_of(request)
    message = _compose(account, form)
    _check_recipient(message.to)
    _check_sender(simulator, account, message.sender)
    if message.status_callback and not is_web_url(message.status_callback):
        raise TwilioError(21609, message.status_callback)
    if simulator.opt_outs.blocks(message.sender, message.to):
        raise TwilioError(21610)
    events.info("message %s to %s is queued", message.sid, masked(message.to))
    simulator.messages.add(message)
    simulator.start(play_out(simulator, message))
    return web.json_response(message_resource(message), status=201)


def _compose(account: Account, form: MultiDict[str]) -> Message:
    to, sender = _required(form, "To", 21604), _sender(form)
    media = form.getall("MediaUrl", [])
    _check_content(form.get("Body", ""), media)
    return Message(
        sid=new_sid("MM" if media else "SM"),
        account_sid=account.sid,
        direction="outbound-api",
        sender=sender,
        to=to,
        body=TRIAL_MARK * account.trial + form.get("Body", ""),
        status="queued",
        date_created=now(),
        status_callback=form.get("StatusCallback", ""),
        num_media=len(media),
        media_urls=list(media),
    )


def _sender(form: Mapping[str, str]) -> str:
    if form.get("MessagingServiceSid"):
        raise TwilioError(21705, "the simulator has no messaging services")
    return _required(form, "From", 21603)


def _required(form: Mapping[str, str], name: str, code: int) -> str:
    value = form.get(name, "")
    if not value:
        raise TwilioError(code)
    return value


def _check_content(body: str, media: list[str]) -> None:
    if not body and not media:
        raise TwilioError(21602)
    if len(body) > LONGEST_BODY:
        raise TwilioError(21617)
    if len(media) > MOST_MEDIA:
        raise TwilioError(21623)
    if not all(is_web_url(url) for url in media):
        raise TwilioError(21620)


def _check_recipient(number: str) -> None:
    if number in MAGIC_TO:
        raise TwilioError(MAGIC_TO[number], number)
    if E164.fullmatch(number) is None and SHORT_CODE.fullmatch(number) is None:
        raise TwilioError(21211, number)


def _check_sender(simulator: Simulator, account: Account, number: str) -> None:
    """The From must be a number of the account that can text; Twilio has a code for each reason."""
    if number in MAGIC_FROM:
        raise TwilioError(MAGIC_FROM[number], number)
    if number == MAGIC_SENDER:
        return
    own = simulator.directory.number(account.sid, number)
    if own is None:
        raise TwilioError(21660 if simulator.directory.holding(number) else 21659, number)
    if not own.texts:
        raise TwilioError(21661, number)


def routes() -> list[web.RouteDef]:
    """The Messages resource whole: its other methods are in messages.py."""
    messages = "/2010-04-01/Accounts/{account_sid:\\w+}/Messages"
    one = messages + "/{message_sid:\\w+}.json"
    return [
        web.post(messages + ".json", rest("create_message", create_message)),
        web.get(messages + ".json", rest("list_messages", list_messages)),
        web.get(one, rest("fetch_message", fetch_message)),
        web.post(one, rest("update_message", update_message)),
        web.delete(one, rest("delete_message", delete_message)),
    ]
