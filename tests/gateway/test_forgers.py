"""What a forger meets at the gateway: the same refusal always, and soon nobody behind it."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator

import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from gateway.limits import SOURCE_FAILURES
from keva.sms.v1 import sms_service_pb2 as sms_pb
from tests.gateway.gateway_process import Gateway
from tests.gateway.scripted_servicer import Peers, Values, sms_refusal, verified
from tests.gateway.webhook_requests import STATUS, TEXT, is_empty_twiml, request
from tests.servicekit.http.raw_http import Answer

VICTIM = "AC" + "a" * 32
METRICS_PORT = free_port()


@pytest.fixture(scope="module")
async def proxied(shared_peers: Peers, forks: ForkServer) -> AsyncIterator[Gateway]:
    """A gateway behind a proxy, which is this process."""
    settings = {"KEVA_TRUSTED_PROXIES": "127.0.0.1", "KEVA_METRICS_LISTEN": f"127.0.0.1:{METRICS_PORT}"}
    gateway = await Gateway.start(forks.start, shared_peers.environment, **settings)
    yield gateway
    await gateway.process.stop()


@pytest.fixture(autouse=True)
def genuine_ones_say_so(peers: Peers) -> None:
    def verdict(values: Values) -> sms_pb.InboundVerdict:
        if values.get("Genuine"):
            return verified(values)
        return sms_pb.InboundVerdict(refusal=sms_refusal("SIGNATURE_INVALID"))

    peers.sms.verdict = verdict
    peers.sms.delivery_verdict = lambda _: sms_pb.DeliveryVerdict(refusal=sms_refusal("SIGNATURE_INVALID"))


def webhook(source: str, target: str = TEXT, account_sid: str = VICTIM, genuine: bool = False) -> bytes:
    body = f"AccountSid={account_sid}&Genuine={'yes' if genuine else ''}".encode()
    return request(body, target=target, headers={"X-Twilio-Signature": "s", "X-Forwarded-For": f"8.8.8.8, {source}"})


async def exhaust(gateway: Gateway, source: str) -> list[Answer]:
    return list(await asyncio.gather(*(gateway.send(webhook(source)) for _ in range(SOURCE_FAILURES))))


async def test_beyond_the_budget_nobody_is_asked_and_the_answer_is_the_same(proxied: Gateway, peers: Peers) -> None:
    checked = await exhaust(proxied, "6.6.6.1")
    calls = len(peers.sms.calls)

    unchecked = [await proxied.send(webhook("6.6.6.1", target)) for target in (TEXT, STATUS)]
    unsigned = await proxied.send(request(b"AccountSid=" + VICTIM.encode()))

    assert len(peers.sms.calls) == calls
    assert {answer.status for answer in checked} == {403}
    shown = [({**answer.headers, "date": ""}, answer.body) for answer in [*checked, *unchecked, unsigned]]
    assert all(answer == shown[0] for answer in shown)
    assert (await proxied.outcome(kind="status", status=403))["reason"] == "SOURCE_BUDGET"


async def test_genuine_webhooks_of_the_forged_account_come_through(proxied: Gateway, peers: Peers) -> None:
    assert is_empty_twiml(await proxied.send(webhook("9.9.9.1", genuine=True)))
    await exhaust(proxied, "6.6.6.2")

    # From where they always came, from a new address, and from the forger's own, if it is shared.
    for source in ("9.9.9.1", "9.9.9.2"):
        assert is_empty_twiml(await proxied.send(webhook(source, genuine=True)))


async def test_who_is_not_named_by_a_trusted_proxy_has_no_budget(gateway: Gateway, peers: Peers) -> None:
    await exhaust(gateway, "6.6.6.3")

    assert is_empty_twiml(await gateway.send(webhook("6.6.6.3", genuine=True)))


async def test_that_senders_cannot_be_told_apart_is_told(proxied: Gateway, peers: Peers) -> None:
    named = request(b"a=b", headers={"X-Twilio-Signature": "s", "X-Forwarded-For": "9.9.9.9"})
    unnamed = request(b"a=b", headers={"X-Twilio-Signature": "s", "X-Forwarded-For": "9.9.9.9, 10.0.0.7"})

    await proxied.send(named)
    before = await proxied.probe("/notes")
    await proxied.send(unnamed)
    after = await proxied.probe("/notes")

    assert (before.status, before.body, after.status) == (200, "\n", 200)
    assert "10.0.0.7" in after.body
    assert "KEVA_TRUSTED_PROXIES" in after.body
    assert (await proxied.logged("senders cannot be told apart"))["proxy"] == "10.0.0.7"
    assert "\nkeva_webhooks_of_unknown_senders_total 1.0" in (await asyncio.to_thread(_metrics)).decode()


async def test_failures_are_counted_and_nobody_is_named(proxied: Gateway) -> None:
    await exhaust(proxied, "6.6.6.4")
    await proxied.send(webhook("6.6.6.4"))

    page = (await asyncio.to_thread(_metrics)).decode()

    assert 'keva_webhook_signatures_unchecked_total{budget="source"}' in page
    assert 'keva_webhooks_total{kind="inbound",status="403"}' in page
    assert float(page.split("\nkeva_webhook_signature_failures_total ")[1].split()[0]) > SOURCE_FAILURES
    assert "6.6.6.4" not in page
    assert VICTIM not in page


def _metrics() -> bytes:
    body: bytes = urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}/metrics", timeout=90).read()
    return body
