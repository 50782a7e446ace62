"""The control API, and the simulator as a process."""

import asyncio
import sys

import aiohttp
import pytest

from dev.twilio_simulator.client import SimulatorClient, SimulatorError
from dev.twilio_simulator.control.connection import CONTROL_SETTING
from tests.twilio_simulator.conftest import ACCOUNT, CONTROL_TOKEN, CUSTOMER, NUMBER, TOKEN, SimulatorProcess
from tests.twilio_simulator.product import Answer, Product

AUTHORIZED = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
TEXT = {"from": CUSTOMER, "to": NUMBER, "body": ""}


async def test_health(simulator: SimulatorClient) -> None:
    await simulator.health()


async def test_reset_forgets_everything(simulator: SimulatorClient) -> None:
    await simulator.text(CUSTOMER, NUMBER, "STOP")
    await simulator.fault("webhook", "lost")

    await simulator.reset()

    assert await simulator.messages() == []
    assert await simulator.faults() == []
    with pytest.raises(SimulatorError) as refused:
        await simulator.put_number(ACCOUNT, NUMBER)
    assert refused.value.status == 404


async def test_reset_drops_what_is_on_its_way(simulator: SimulatorClient, product: Product) -> None:
    product.answers["/sms"] = [Answer(hang=True)]
    await simulator.text(CUSTOMER, NUMBER, "hi", wait=False)
    await product.next()

    await simulator.reset()

    assert await simulator.messages() == []


async def test_messages_are_filtered(simulator: SimulatorClient) -> None:
    await simulator.text(CUSTOMER, NUMBER, "one")
    await simulator.text("+12125550123", NUMBER, "two")

    assert [m.body for m in await simulator.messages(from_=CUSTOMER)] == ["one"]
    assert [m.body for m in await simulator.messages(to=NUMBER, direction="inbound")] == ["one", "two"]
    assert await simulator.messages(direction="outbound-api") == []
    assert await simulator.messages(account_sid="AC0") == []


async def test_waiting_for_messages_ends_when_they_are_there(simulator: SimulatorClient) -> None:
    waiting = asyncio.create_task(simulator.wait_for_messages(2, from_=CUSTOMER))
    await simulator.text(CUSTOMER, NUMBER, "one")
    await simulator.text(CUSTOMER, NUMBER, "two")

    assert [m.body for m in await waiting] == ["one", "two"]


async def test_waiting_in_vain_is_a_timeout(simulator: SimulatorClient) -> None:
    with pytest.raises(TimeoutError, match="0 of 1 messages"):
        await simulator.wait_for_messages(1, timeout=0.05)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", "/texts", {"from": CUSTOMER, "to": NUMBER}, 400, id="no body"),
        pytest.param("POST", "/texts", TEXT | {"x": 1}, 400, id="unknown field"),
        pytest.param("POST", "/texts", TEXT | {"to": "+19"}, 404, id="nobody's number"),
        pytest.param("POST", "/faults", {"operation": "sleep", "fault": "429"}, 400, id="operation"),
        pytest.param("POST", "/faults", {"operation": "callback", "fault": "429"}, 400, id="fault"),
        pytest.param("PUT", f"/outcomes/{CUSTOMER}", {"status": "lost"}, 400, id="outcome"),
        pytest.param("PUT", f"/accounts/{ACCOUNT}/numbers/+1", {"sms_url": "x"}, 400, id="URL"),
        pytest.param("POST", f"/accounts/{ACCOUNT}/promote", None, 409, id="no secondary token"),
        pytest.param("GET", "/messages/SM0", None, 404, id="message"),
        pytest.param("GET", "/messages?wait_count=x", None, 400, id="count"),
        pytest.param("GET", "/nonsense", None, 404, id="path"),
        pytest.param("DELETE", "/reset", None, 405, id="method"),
    ],
)
async def test_refuses(
    simulator: SimulatorClient,
    http: aiohttp.ClientSession,
    method: str,
    path: str,
    body: dict[str, object] | None,
    status: int,
) -> None:
    async with http.request(method, f"{simulator.base_url}/control{path}", json=body, headers=AUTHORIZED) as response:
        assert response.status == status
        assert (await response.json())["error"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer guessed"}, {"Authorization": CONTROL_TOKEN}])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/texts"), ("GET", "/messages"), ("POST", "/reset"), ("PUT", f"/accounts/{ACCOUNT}"), ("GET", "/faults")],
)
async def test_takes_no_orders_without_its_token(
    simulator: SimulatorClient, http: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str]
) -> None:
    async with http.request(method, f"{simulator.base_url}/control{path}", json={}, headers=headers) as response:
        assert response.status == 401
    await simulator.put_number(ACCOUNT, NUMBER)


async def test_does_not_start_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONTROL_SETTING, raising=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "dev.twilio_simulator"), stderr=asyncio.subprocess.PIPE
    )

    _, said = await process.communicate()

    assert process.returncode == 2
    assert CONTROL_SETTING in said.decode()


async def test_a_disputed_number_needs_the_account_named(simulator: SimulatorClient) -> None:
    other = "AC" + "2" * 32
    await simulator.put_account(other, "token-2")
    await simulator.put_number(other, NUMBER)

    with pytest.raises(SimulatorError, match="account_sid is needed"):
        await simulator.text(CUSTOMER, NUMBER, "hi")


async def test_stops_at_once_with_requests_waiting_and_logs_no_secrets(
    own_process: SimulatorProcess, product: Product
) -> None:
    reading = asyncio.create_task(own_process.read())
    product.answers["/sms"] = [Answer(), Answer(hang=True)]
    async with SimulatorClient(own_process.url, CONTROL_TOKEN) as client:
        await client.put_account(ACCOUNT, TOKEN)
        await client.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms")
        await client.text(CUSTOMER, NUMBER, "the customer's secret")
        waiting = asyncio.create_task(client.wait_for_messages(9, timeout=60))
        await client.text(CUSTOMER, NUMBER, "never answered", wait=False)
        await product.next()
        await product.next()

        assert await own_process.stop() == 0
        with pytest.raises(aiohttp.ClientError):
            await waiting
    await reading

    log = "".join(own_process.lines)
    assert CUSTOMER[-4:] in log
    for secret in (CUSTOMER, NUMBER, TOKEN, "secret"):
        assert secret not in log
