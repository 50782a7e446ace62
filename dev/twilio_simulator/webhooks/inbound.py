"""Twilio's webhook sender: a customer's text reaches the product, or its fallback URL, or nobody.

Rule: https://www.twilio.com/docs/messaging/guides/webhook-request.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dev.twilio_simulator.directory import Number
from dev.twilio_simulator.log import Attempt, Message, new_sid, now
from dev.twilio_simulator.signature import Parameters, signed_url
from dev.twilio_simulator.signed_request import SignedRequest
from dev.twilio_simulator.state import Simulator, events, masked
from dev.twilio_simulator.webhooks.callbacks import play_out
from dev.twilio_simulator.webhooks.geography import parameters_of
from dev.twilio_simulator.webhooks.targets import Target, target_of
from dev.twilio_simulator.webhooks.twiml import TwimlError, replies_in


@dataclass(frozen=True)
class Wishes:
    """What a test wants to be special about a webhook.

    `params` adds, replaces or (None) removes parameters before signing. Tampering with "body", "signature",
    "no_signature" or "url" breaks the signature; "account" claims another account under a signature of ours.
    """

    params: Mapping[str, str | list[str] | None] = field(default_factory=dict)
    tamper: str | None = None
    copies: int = 1


async def deliver_text(simulator: Simulator, number: Number, message: Message, wishes: Wishes) -> list[Attempt]:
    """Call the webhook of an inbound message, all copies at once; every attempt of each."""
    target = target_of(simulator, number)
    if target is None:
        events.info("text %s to %s: no webhook", message.sid, masked(number.phone_number))
        return []
    latency = simulator.faults.take("webhook", {"latency"})
    await asyncio.sleep(latency.seconds if latency else 0)
    fault = simulator.faults.take("webhook", {"twice", "tamper", "lost"})
    kind = fault.fault if fault else None
    if kind == "lost":
        return []
    wishes = replace(wishes, tamper="signature") if kind == "tamper" else wishes
    copies = wishes.copies + (1 if kind == "twice" else 0)
    calls = (_call(simulator, target, message, wishes) for _ in range(copies))
    attempts = [attempt for result in await asyncio.gather(*calls) for attempt in result]
    message.attempts.extend(attempts)
    simulator.messages.notify()
    return attempts


async def _call(simulator: Simulator, target: Target, message: Message, wishes: Wishes) -> list[Attempt]:
    """The webhook with its retries, then once the fallback URL if that came to nothing."""
    account = simulator.directory.accounts[message.account_sid]
    params = _with_wishes(_parameters(message, simulator), wishes, simulator)
    request = SignedRequest(account, target.url, params, target.method, wishes.tamper)
    attempts = await _send(simulator, request, message)
    failure = attempts[-1].error_code
    if failure is not None and target.fallback_url:
        blame = [("ErrorCode", str(failure)), ("ErrorUrl", signed_url(target.url))]
        fallback = replace(request, url=target.fallback_url, method=target.fallback_method, params=params + blame)
        attempts += await _send(simulator, fallback, message)
    return attempts


async def _send(simulator: Simulator, request: SignedRequest, message: Message) -> list[Attempt]:
    attempts = await simulator.sender.send(request)
    if attempts[-1].accepted:
        attempts[-1] = _obey(simulator, message, attempts[-1])
    last = attempts[-1]
    verdict = "accepted" if last.accepted else f"failed with error {last.error_code}"
    events.info("text %s from %s: %s (%s)", message.sid, masked(message.sender), verdict, last.status)
    return attempts


def _obey(simulator: Simulator, message: Message, answer: Attempt) -> Attempt:
    """Send the replies that an answer asks for; the answer again, with the error if it cannot be used."""
    try:
        replies = replies_in(answer)
    except TwimlError as error:
        return replace(answer, error_code=error.code)
    for body in replies:
        _reply(simulator, message, body)
    return answer


def _reply(simulator: Simulator, message: Message, body: str) -> None:
    reply = Message(
        sid=new_sid("SM"),
        account_sid=message.account_sid,
        direction="outbound-reply",
        sender=message.to,
        to=message.sender,
        body=body,
        status="queued",
        date_created=now(),
    )
    events.info("the webhook's answer is texted to %s", masked(reply.to))
    simulator.messages.add(reply)
    simulator.start(play_out(simulator, reply))


def _parameters(message: Message, simulator: Simulator) -> Parameters:
    params = [
        *parameters_of("To", message.to),
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(message.num_media)),
        ("SmsSid", message.sid),
        ("SmsStatus", "received"),
        ("Body", message.body),
        *parameters_of("From", message.sender),
        ("To", message.to),
        ("NumSegments", str(message.num_segments)),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", message.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    number = simulator.directory.number(message.account_sid, message.to)
    service = simulator.directory.service_of(number) if number else None
    if service is not None:
        params.append(("MessagingServiceSid", service.sid))
    for index, media in enumerate(message.media):
        path = f"/2010-04-01/Accounts/{media.account_sid}/Messages/{message.sid}/Media/{media.sid}"
        params.append((f"MediaContentType{index}", media.content_type))
        params.append((f"MediaUrl{index}", simulator.base_url + path))
    return params


def _with_wishes(params: Parameters, wishes: Wishes, simulator: Simulator) -> Parameters:
    special = dict(wishes.params)
    if wishes.tamper == "account":
        special["AccountSid"] = _another_account(dict(params)["AccountSid"], simulator)
    changed = [(name, value) for name, value in params if name not in special]
    for name, value in special.items():
        values = [] if value is None else [value] if isinstance(value, str) else value
        changed += [(name, one) for one in values]
    return changed


def _another_account(own_sid: str, simulator: Simulator) -> str:
    others = (sid for sid in simulator.directory.accounts if sid != own_sid)
    return next(others, "AC" + secrets.token_hex(16))
