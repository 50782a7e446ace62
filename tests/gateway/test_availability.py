"""Down is not stuck: an answer in time while peers are away, readiness, and a graceful end."""

import asyncio
import secrets
import time
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from gateway.app import webhook_admission
from gateway.errors import answer_errors
from keva.sms.v1 import sms_service_pb2 as sms_pb
from servicekit import errors
from tests.gateway.gateway_process import Gateway
from tests.gateway.scripted_servicer import Peers, sms_refusal
from tests.gateway.webhook_requests import STATUS, TEXT, is_empty_twiml, request
from tests.servicekit.http.raw_http import read_answer

SIGNED = {"X-Twilio-Signature": "s"}


@pytest.mark.parametrize("target", [TEXT, STATUS])
async def test_503_while_sms_service_is_down(lonely: Gateway, target: str) -> None:
    answer = await lonely.send(request(target=target, headers=SIGNED))

    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    kind = "inbound" if target == TEXT else "status"
    assert (await lonely.outcome(status=503, kind=kind))["reason"] == "SMS_SERVICE_UNAVAILABLE"


async def test_503_while_ticket_service_is_down(gateway: Gateway, peers: Peers) -> None:
    await peers.stop("ticket_service")

    answer = await gateway.send(request(headers=SIGNED))

    assert answer.status == 503
    assert await gateway.outcome(status=503, reason="TICKET_SERVICE_UNAVAILABLE")


async def test_503_while_a_service_takes_calls_and_does_not_answer(gateway: Gateway, peers: Peers) -> None:
    peers.sms.open.clear()

    assert (await gateway.send(request(headers=SIGNED))).status == 503
    # Asked once more in the time that was left: another replica might have answered.
    assert len(peers.sms.calls) == 2


@pytest.mark.parametrize("name", ["sms_service", "ticket_service"])
async def test_a_quick_restart_of_a_service_is_not_noticed(gateway: Gateway, peers: Peers, name: str) -> None:
    assert is_empty_twiml(await gateway.send(request(headers=SIGNED)))
    await peers.stop(name)

    answer = asyncio.create_task(gateway.send(request(headers=SIGNED)))
    await peers.start(name)

    assert is_empty_twiml(await answer)


async def test_ready_when_both_services_are(gateway: Gateway, peers: Peers) -> None:
    answer = await gateway.probe("/readyz")

    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")


@pytest.mark.parametrize("name", ["sms_service", "ticket_service"])
@pytest.mark.parametrize("running", [True, False], ids=["running and not ready", "down"])
async def test_not_ready_names_who_is_missing(gateway: Gateway, peers: Peers, name: str, running: bool) -> None:
    await peers.stop(name)
    if running:
        await peers.start(name, ready=False)

    ready, alive = await gateway.probe("/readyz"), await gateway.probe("/healthz")

    await peers.stop(name)
    assert (ready.status, ready.body) == (503, f"not ready: {name}\n")
    assert alive.status == 200


async def test_sigterm_lets_running_webhooks_finish(peers: Peers, forks: ForkServer) -> None:
    gateway = await Gateway.start(forks.start, peers.environment)
    peers.tickets.open.clear()
    running = asyncio.create_task(gateway.send(request(headers=SIGNED)))
    await peers.tickets.called.wait()

    gateway.terminate()
    await gateway.logged("draining")
    ready, alive = await gateway.probe("/readyz"), await gateway.probe("/healthz")
    peers.tickets.open.set()

    assert (ready.status, alive.status) == (503, 200)
    assert is_empty_twiml(await running)
    assert await gateway.process.exited == 0


async def test_kept_connection_is_parted_with_while_draining(peers: Peers, forks: ForkServer) -> None:
    gateway = await Gateway.start(forks.start, peers.environment)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(request(headers=SIGNED))
    assert "connection" not in (await read_answer(reader)).headers

    gateway.terminate()
    await gateway.logged("draining")
    writer.write(request(headers=SIGNED))

    answer = await read_answer(reader)
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert await reader.read() == b""
    writer.close()
    assert await gateway.process.exited == 0


async def test_sigterm_does_not_wait_longer_than_it_may(peers: Peers, forks: ForkServer) -> None:
    gateway = await Gateway.start(forks.start, peers.environment, KEVA_DRAIN_SECONDS="0.2")
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    peers.tickets.open.clear()
    writer.write(request(headers=SIGNED))
    await peers.tickets.called.wait()

    gateway.terminate()

    assert await gateway.process.exited == 0
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await read_answer(reader)
    writer.close()


async def test_an_idle_connection_does_not_hold_up_the_end(forks: ForkServer) -> None:
    gateway = await Gateway.start(forks.start, Peers(free_port(), free_port()).environment)
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(request(method="GET", target="/"))
    assert (await read_answer(reader)).status == 404

    gateway.terminate()

    assert await gateway.process.exited == 0
    writer.close()


async def test_clients_that_hang_up_do_no_harm(gateway: Gateway, peers: Peers) -> None:
    for sent in (b"", b"POST /api", request(b"a=b", headers={"Content-Length": "9"}), request(headers=SIGNED)):
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(sent)
        writer.transport.abort()

    assert is_empty_twiml(await gateway.send(request(headers=SIGNED)))
    assert not [line for line in gateway.entries() if line["event"] == "unexpected exception"]


async def test_requests_on_one_connection_are_answered_in_order(gateway: Gateway, peers: Peers) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)

    writer.write(request(headers=SIGNED) + request(b"") + request(method="GET") + request(headers=SIGNED))

    assert [(await read_answer(reader)).status for _ in range(4)] == [200, 400, 405, 200]
    writer.close()


async def test_webhooks_beyond_the_limit_are_shed_and_nothing_else_is() -> None:
    admission, release, entered = webhook_admission(most=1), asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        entered.set()
        await release.wait()
        return web.Response()

    app = web.Application(middlewares=[answer_errors, admission.admit])
    app.router.add_post(TEXT, slow)
    app.router.add_get("/other", lambda _: _ok())
    async with TestClient(TestServer(app)) as client:
        first = asyncio.create_task(client.post(TEXT))
        await entered.wait()
        shed, alive = await client.post(TEXT), await client.get("/other")
        assert (shed.status, shed.headers["Retry-After"], alive.status) == (503, "2", 200)
        assert not admission.idle.is_set()

        release.set()
        assert (await first).status == 200
        assert admission.idle.is_set()


async def _ok() -> web.Response:
    return web.Response()


async def test_an_unexpected_exception_is_a_503_that_tells_an_id_and_no_more() -> None:
    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError("my secret")

    app = web.Application(middlewares=[answer_errors])
    app.router.add_post(TEXT, broken)
    async with TestClient(TestServer(app)) as client:
        answer = await client.post(TEXT)
        text = await answer.text()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "error " in text
    assert "secret" not in text


def _text() -> tuple[str, bytes]:
    """A text that no other test has sent: its MessageSid, and the request."""
    sid = f"SM{secrets.token_hex(16)}"
    return sid, request(f"MessageSid={sid}".encode(), headers=SIGNED)


def _away(_: object) -> Any:
    raise errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer; ask again later")


async def test_log_names_the_database_that_is_away(gateway: Gateway, peers: Peers) -> None:
    peers.tickets.outcome = _away
    sid, text = _text()

    assert (await gateway.send(text)).status == 503

    line = await gateway.outcome(message_sid=sid)
    assert (line["reason"], line["database_of"]) == ("TICKET_STORE_UNAVAILABLE", "ticket_service")


@pytest.mark.parametrize(
    ("reason", "whose"),
    [
        ("STORE_UNAVAILABLE", "sms_service"),
        ("CREDENTIALS_STORE_UNAVAILABLE", "credentials_service"),
        ("CREDENTIALS_SERVICE_UNAVAILABLE", None),
    ],
)
async def test_log_names_what_is_away_behind_sms_service(
    gateway: Gateway, peers: Peers, reason: str, whose: str | None
) -> None:
    peers.sms.verdict = lambda _: sms_pb.InboundVerdict(refusal=sms_refusal(reason))
    sid, text = _text()

    assert (await gateway.send(text)).status == 503

    assert (await gateway.outcome(message_sid=sid)).get("database_of") == whose


async def test_what_a_service_said_is_not_hidden_by_its_silence_afterwards(gateway: Gateway, peers: Peers) -> None:
    """It says at first that its database is away, and then takes longer than anybody waits."""

    def away_then_silent(message: Any) -> Any:
        # As a driver that looks for a primary: sooner, gRPC would ask again itself.
        time.sleep(0.6)
        peers.tickets.open.clear()
        return _away(message)

    peers.tickets.outcome = away_then_silent
    sid, text = _text()

    assert (await gateway.send(text)).status == 503

    assert (await gateway.outcome(message_sid=sid))["reason"] == "TICKET_STORE_UNAVAILABLE"
    assert len(peers.tickets.calls) == 2
