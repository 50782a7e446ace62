"""Webhooks share calls, and nothing else."""

import asyncio
from urllib.parse import urlencode

import pytest

from gateway.errors import PeerSilent
from gateway.shared_calls import SharedCalls
from keva.sms.v1 import sms_service_pb2 as sms_pb
from keva.ticket.v1 import message_pb2
from keva.ticket.v1 import ticket_service_pb2 as ticket_pb
from servicekit import errors
from tests.gateway.gateway_process import Gateway
from tests.gateway.scripted_servicer import Peers, Values, stored, verified
from tests.gateway.webhook_requests import is_empty_twiml, request
from tests.servicekit.http.raw_http import Answer

CALLS_IN_FLIGHT = 4


def text(**parameters: str) -> bytes:
    return request(urlencode(parameters).encode(), headers={"X-Twilio-Signature": "s"})


async def send_together(gateway: Gateway, peers: Peers, texts: list[bytes]) -> list[Answer]:
    """Sends all while as many calls as may be are held up, so that they gather."""
    peers.sms.open.clear()
    holding = []
    for number in range(1, CALLS_IN_FLIGHT + 1):
        holding.append(asyncio.create_task(gateway.send(text(Body="held"))))
        while len(peers.sms.calls) < number:  # noqa: ASYNC110 - a call leaves beside others when those are slow
            await asyncio.sleep(0.01)
    sent = [asyncio.create_task(gateway.send(one)) for one in texts]
    # Answered after the texts have been taken in: the gateway reads connections in turn.
    await gateway.send(text(**{"": ""}).replace(b"X-Twilio-Signature", b"X-Other"))
    peers.sms.open.set()
    assert all(is_empty_twiml(answer) for answer in await asyncio.gather(*holding))
    return await asyncio.gather(*sent)


async def test_what_arrives_while_calls_are_in_flight_travels_together(gateway: Gateway, peers: Peers) -> None:
    answers = await send_together(gateway, peers, [text(Body=str(number)) for number in range(40)])

    assert all(is_empty_twiml(answer) for answer in answers)
    sizes = [len(call) for call in peers.sms.calls]
    assert sum(sizes) == 40 + CALLS_IN_FLIGHT
    assert sizes[:CALLS_IN_FLIGHT] == [1] * CALLS_IN_FLIGHT
    assert max(sizes) > 1
    assert max(sizes) <= 32


async def test_each_webhook_gets_its_own_verdict(gateway: Gateway, peers: Peers) -> None:
    def verdict(values: Values) -> sms_pb.InboundVerdict:
        if values.get("Body", "").startswith("bad"):
            return sms_pb.InboundVerdict(refusal=sms_pb.Refusal(reason=2, field=values["Body"]))  # type: ignore[arg-type]
        return verified(values)

    peers.sms.verdict = verdict
    bodies = [f"bad{number}" if number % 3 else "good" for number in range(30)]

    answers = await send_together(gateway, peers, [text(Body=body) for body in bodies])

    for body, answer in zip(bodies, answers, strict=True):
        assert is_empty_twiml(answer) if body == "good" else f"{body} cannot be used" in answer.body


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(RuntimeError("a bug"), id="bug"),
        pytest.param(errors.invalid("webhooks", "cannot be read"), id="refused as a whole"),
    ],
)
async def test_a_webhook_that_the_service_chokes_on_fails_alone(
    gateway: Gateway, peers: Peers, error: Exception
) -> None:
    def verdict(values: Values) -> sms_pb.InboundVerdict:
        if values.get("Body") == "poison":
            raise error
        return verified(values)

    peers.sms.verdict = verdict
    bodies = ["fine", "poison", "fine", "fine"] * 3

    answers = await send_together(gateway, peers, [text(Body=body) for body in bodies])

    assert [answer.status for answer in answers] == [503 if body == "poison" else 200 for body in bodies]


async def test_texts_of_two_organizations_never_share_a_call(gateway: Gateway, peers: Peers) -> None:
    texts = [text(Organization=f"org_{number % 2}", Body=f"org_{number % 2}") for number in range(30)]

    answers = await send_together(gateway, peers, texts)

    assert all(is_empty_twiml(answer) for answer in answers)
    for call in peers.tickets.calls:
        assert {message.text for message in call.messages} <= {call.organization_id, "held"}


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.Aborted("CONCURRENT_UPDATE", "somebody was faster"), id="race lost"),
        pytest.param(errors.Unavailable("STORE_UNAVAILABLE", "no primary"), id="database away"),
    ],
)
async def test_a_text_that_could_not_be_stored_is_tried_again(
    gateway: Gateway, peers: Peers, error: errors.KevaError
) -> None:
    failures = [error]

    def outcome(message: message_pb2.InboundMessage) -> ticket_pb.IngestOutcome:
        if failures:
            raise failures.pop()
        return stored(message)

    peers.tickets.outcome = outcome

    assert is_empty_twiml(await gateway.send(text(Body="hello")))
    assert len(peers.tickets.calls) == 2


async def test_whoever_waited_in_vain_learns_for_whom() -> None:
    """Also when a call does not end by itself in the time that it was given, as on a machine with too much to do."""

    async def endless(_: list[str], __: float) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    calls: SharedCalls[str, str] = SharedCalls("sms_service", endless)

    with pytest.raises(PeerSilent) as caught:
        await calls.ask("a webhook", asyncio.get_running_loop().time())

    assert caught.value.reason == "SMS_SERVICE_UNAVAILABLE"
    assert calls.idle
