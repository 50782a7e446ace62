"""What becomes of an outbound message, and the status callbacks about it to the product.

Rule: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks.
"""

import asyncio
from dataclasses import dataclass

from dev.twilio_simulator.log import Callback, Message, now
from dev.twilio_simulator.phones import Outcome
from dev.twilio_simulator.signature import Parameters
from dev.twilio_simulator.signed_request import SignedRequest
from dev.twilio_simulator.state import Simulator, events, masked

DEFAULT_ERRORS = {"undelivered": 30003, "failed": 30008}
# https://www.twilio.com/docs/api/errors/30002: suspended after the message was taken, and before it was sent.
_SUSPENDED = Outcome("failed", 30002)


@dataclass(frozen=True)
class PlannedCall:
    """A callback to be made. A late one (`delay` in seconds) is overtaken by those after it."""

    record: Callback
    request: SignedRequest
    delay: float = 0


async def play_out(simulator: Simulator, message: Message) -> None:
    """Take a queued message to its end, one status per pace, with a callback for each.

    Callbacks go out in order, each once the one before is settled, unless a fault says otherwise. The
    statuses themselves wait for no callback.
    """
    outcome = simulator.phones.take_next(message.to) or simulator.outcomes.get(message.to, Outcome())
    backwards = bool(message.status_callback) and simulator.faults.take("callback", {"reversed"}) is not None
    held_back: list[PlannedCall] = []
    previous: asyncio.Task[object] | None = None
    statuses = _statuses(outcome)
    while statuses:
        await asyncio.sleep(simulator.pace)
        if message.status == "queued" and not _may_leave(simulator, message):
            outcome, statuses = _SUSPENDED, _statuses(_SUSPENDED)
        status = statuses.pop(0)
        if status == "delivered":
            await simulator.phones.find(message.to).until_on()
        _advance(message, status, outcome)
        calls = _planned(simulator, message) if message.status_callback else []
        simulator.messages.notify()
        if backwards:
            held_back = calls + held_back
            continue
        for call in calls:
            task = simulator.start(_make(simulator, call, None if call.delay else previous))
            previous = previous if call.delay else task
    for call in held_back:
        await _make(simulator, call, None)


def _may_leave(simulator: Simulator, message: Message) -> bool:
    account = simulator.directory.accounts.get(message.account_sid)
    return account is None or account.is_active


def _statuses(outcome: Outcome) -> list[str]:
    return [outcome.status] if outcome.status in ("failed", "sent") else ["sent", outcome.status]


def _advance(message: Message, status: str, outcome: Outcome) -> None:
    message.reach(status)
    if status == "sent":
        message.date_sent = message.date_updated
    if status in DEFAULT_ERRORS:
        message.error_code = outcome.error_code or DEFAULT_ERRORS[status]
    events.info("message %s to %s is %s", message.sid, masked(message.to), status)


def _planned(simulator: Simulator, message: Message) -> list[PlannedCall]:
    """The callbacks for the message's present status: one, unless a fault repeats or loses it."""
    fault = simulator.faults.take("callback", {"late", "lost", "repeat", "tamper"})
    kind = fault.fault if fault else None
    lost = kind == "lost"
    copies = fault.copies if fault and kind == "repeat" else 1
    records = [Callback(message.status, lost=lost, settled=lost) for _ in range(copies)]
    message.callbacks.extend(records)
    if lost:
        return []
    request = SignedRequest(
        account=simulator.directory.accounts[message.account_sid],
        url=message.status_callback,
        params=_parameters(message),
        tamper="signature" if kind == "tamper" else None,
    )
    delay = fault.seconds if fault and kind == "late" else 0
    return [PlannedCall(record, request, delay) for record in records]


async def _make(simulator: Simulator, call: PlannedCall, after: asyncio.Task[object] | None) -> None:
    if after is not None:
        await asyncio.wait([after])
    await asyncio.sleep(call.delay)
    call.record.attempts = await simulator.sender.send(call.request)
    call.record.settled = True
    simulator.messages.notify()
    status = call.record.attempts[-1].status
    events.info("callback %s answered %s", call.record.message_status, status or "nothing")


def _parameters(message: Message) -> Parameters:
    params = [
        ("ApiVersion", "2010-04-01"),
        ("AccountSid", message.account_sid),
        ("MessageSid", message.sid),
        ("SmsSid", message.sid),
        ("MessageStatus", message.status),
        ("SmsStatus", message.status),
        ("From", message.sender),
        ("To", message.to),
    ]
    if message.error_code is not None:
        params.append(("ErrorCode", str(message.error_code)))
    if message.status in ("delivered", "undelivered"):
        params.append(("RawDlrDoneDate", now().strftime("%y%m%d%H%M")))
    return params
