"""Webhooks as bytes on the wire, signed with the simulator's code, for what HTTP clients would tidy up on the way."""

import asyncio
import http.client
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dev.local_stack.accounts import WEBHOOK_PATH
from dev.local_stack.desk import Desk
from dev.twilio_simulator.signature import Parameters, sign

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
STATUS_PATH = WEBHOOK_PATH + "/status"


@dataclass(frozen=True)
class Answer:
    """What the gateway answered."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def is_empty_twiml(self) -> bool:
        """Whether Twilio would text nobody."""
        return (self.status, self.headers["content-type"], self.body) == (200, "text/xml; charset=utf-8", EMPTY_TWIML)


def encode(parameters: Parameters) -> bytes:
    """The form as Twilio encodes it: space as plus, everything else percent-encoded UTF-8."""
    pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)
    return "&".join(pairs).replace("%20", "+").encode()


def text_parameters(desk: Desk, **changed: str | None) -> Parameters:
    """An ordinary text to the desk's number; `changed` overrides, None removes."""
    usual: dict[str, str | None] = {
        "MessageSid": "SM" + secrets.token_hex(16),
        "AccountSid": desk.account.account_sid,
        "From": desk.customer,
        "To": desk.account.phone_number,
        "Body": "hello",
        "NumMedia": "0",
    }
    return [(name, value) for name, value in {**usual, **changed}.items() if value is not None]


async def post(
    desk: Desk,
    body: bytes,
    *,
    target: str = WEBHOOK_PATH,
    headers: Mapping[str, str | bytes] | None = None,
    method: str = "POST",
    gateway_url: str | None = None,
) -> Answer:
    """Sends exactly this."""

    def send() -> Answer:
        url = urlsplit(gateway_url or desk.stack.gateway_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=90)
        try:
            own_host = "Host" in (headers or {})
            connection.putrequest(method, target, skip_host=own_host, skip_accept_encoding=True)
            for name, value in {"Content-Type": FORM, "Content-Length": str(len(body)), **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, names, answer.read().decode())
        finally:
            connection.close()

    return await asyncio.to_thread(send)


async def post_signed(
    desk: Desk,
    parameters: Parameters,
    *,
    target: str = WEBHOOK_PATH,
    signed_url: str | None = None,
    auth_token: str | None = None,
    gateway_url: str | None = None,
) -> Answer:
    """A webhook signed over `signed_url`: the public URL and the target, unless given."""
    url = signed_url if signed_url is not None else desk.stack.public_url + target
    signature = sign(url, parameters, auth_token or desk.account.auth_token)
    headers = {"X-Twilio-Signature": signature}
    return await post(desk, encode(parameters), target=target, headers=headers, gateway_url=gateway_url)
