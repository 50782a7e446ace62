"""What Twilio does when the product answers badly or not at all: errors, retries, the fallback URL."""

import asyncio

import pytest

from dev.twilio_simulator.client import SimulatorClient, TextResult
from tests.twilio_simulator.conftest import ACCOUNT, CUSTOMER, NUMBER, TOKEN
from tests.twilio_simulator.product import Answer, Product


def codes(result: TextResult) -> list[int | None]:
    return [attempt.error_code for attempt in result.attempts]


@pytest.mark.parametrize(
    ("answer", "texts", "error_code"),
    [
        pytest.param(Answer(), [], None, id="empty TwiML"),
        pytest.param(Answer(204, "", {}), [], None, id="no content"),
        pytest.param(Answer(200, "ok", {"Content-Type": "text/plain"}), ["ok"], None, id="plain text"),
        pytest.param(
            Answer(body="<Response><Message>a</Message><Message><Body>b</Body></Message></Response>"),
            ["a", "b"],
            None,
            id="TwiML messages",
        ),
        pytest.param(Answer(200, "{}", {"Content-Type": "application/json"}), [], 12300, id="JSON"),
        pytest.param(Answer(200, "<Response>"), [], 12100, id="broken XML"),
        pytest.param(Answer(200, "<html></html>"), [], 12200, id="not TwiML"),
        pytest.param(Answer(200, "x" * 70_000), [], 11750, id="too large"),
        pytest.param(Answer(403), [], 11200, id="refused"),
        pytest.param(Answer(503), [], 11200, id="unavailable"),
        pytest.param(Answer(302, "", {"Location": "/sms"}), [], 11215, id="redirects without end"),
    ],
)
async def test_what_twilio_makes_of_the_answer(
    simulator: SimulatorClient, product: Product, answer: Answer, texts: list[str], error_code: int | None
) -> None:
    product.answers["/sms"] = [answer]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    replies = await simulator.messages(direction="outbound-reply")
    assert [reply.body for reply in replies] == texts
    assert {(reply.from_, reply.to) for reply in replies} <= {(NUMBER, CUSTOMER)}
    assert codes(result) == [error_code]
    assert result.acknowledged is (error_code is None)


@pytest.mark.parametrize(
    ("fragment", "statuses"),
    [
        pytest.param("", [503], id="default: a 5xx is not tried again"),
        pytest.param("#rc=3&rp=5xx", [503, 503, 503, 503], id="5xx"),
        pytest.param("#rc=3&rp=4xx", [503], id="only 4xx"),
        pytest.param("#rc=2&rp=ct,all", [503, 503, 503], id="all"),
        pytest.param("#rc=0&rp=all", [503], id="no retries"),
    ],
)
async def test_retries_follow_the_fragment(
    simulator: SimulatorClient, product: Product, fragment: str, statuses: list[int]
) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms{fragment}")
    product.answers["/sms"] = [Answer(503)]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert [attempt.status for attempt in result.attempts] == statuses
    assert not result.acknowledged
    assert len({one.headers["I-Twilio-Idempotency-Token"] for one in product.received}) == 1
    assert all(one.signed_for(product.url, TOKEN) for one in product.received)


async def test_a_retry_that_succeeds_is_an_acknowledgement(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms#rc=5&rp=5xx")
    product.answers["/sms"] = [Answer(503), Answer(500), Answer()]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert result.acknowledged
    assert [attempt.status for attempt in result.attempts] == [503, 500, 200]


@pytest.mark.parametrize(
    ("fragment", "error_codes"),
    [
        pytest.param("#rt=100", [11200], id="not tried again"),
        pytest.param("#rt=100&rc=2&rp=rt", [11200] * 3, id="tried again"),
        pytest.param("#tt=150&rc=5&rp=rt", [11200], id="no time left"),
    ],
)
async def test_a_silent_product_is_given_up_as_the_fragment_says(
    simulator: SimulatorClient, product: Product, fragment: str, error_codes: list[int]
) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms{fragment}")
    product.answers["/sms"] = [Answer(hang=True)]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert codes(result) == error_codes
    assert {attempt.status for attempt in result.attempts} == {None}


@pytest.mark.parametrize(("fragment", "attempts"), [("", 2), ("#rc=3", 4), ("#rc=3&rp=5xx", 1)])
async def test_a_refused_connection_is_tried_again(simulator: SimulatorClient, fragment: str, attempts: int) -> None:
    async with Product().serve() as gone:
        url = gone.url
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{url}/sms{fragment}")

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert codes(result) == [11205] * attempts


async def test_a_tls_handshake_that_never_ends_is_a_connect_timeout(simulator: SimulatorClient) -> None:
    connections: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: connections.append(writer), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"https://127.0.0.1:{port}/sms#ct=100&rc=2")

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert codes(result) == [11205] * 3
    assert len(connections) == 3
    for writer in connections:
        writer.close()
    server.close()


async def test_a_product_without_tls_fails_the_handshake(simulator: SimulatorClient, product: Product) -> None:
    url = product.url.replace("http://", "https://")
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{url}/sms#rc=0")

    assert codes(await simulator.text(CUSTOMER, NUMBER, "hi")) == [11220]


@pytest.mark.parametrize("fragment", ["rp=sometimes", "rc=6", "ct=50", "rt=x"])
async def test_a_senseless_override_is_an_error(simulator: SimulatorClient, product: Product, fragment: str) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_url=f"{product.url}/sms#{fragment}")

    assert codes(await simulator.text(CUSTOMER, NUMBER, "hi")) == [11243]


async def test_the_fallback_is_called_once_and_told_why(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_number(
        ACCOUNT,
        NUMBER,
        sms_url=f"{product.url}/sms#rc=1&rp=5xx",
        sms_fallback_url=f"{product.url}/fallback",
    )
    product.answers["/sms"] = [Answer(500)]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert result.acknowledged
    assert [attempt.status for attempt in result.attempts] == [500, 500, 200]
    [fallback] = product.at("/fallback")
    assert fallback.params["ErrorCode"] == "11200"
    assert fallback.params["ErrorUrl"] == f"{product.url}/sms"
    assert fallback.params["MessageSid"] == result.message_sid
    assert fallback.signed_for(product.url, TOKEN)


async def test_a_failing_fallback_is_not_called_again(simulator: SimulatorClient, product: Product) -> None:
    await simulator.put_number(ACCOUNT, NUMBER, sms_fallback_url=f"{product.url}/fallback")
    product.answers["/sms"] = [Answer(body="no XML")]
    product.answers["/fallback"] = [Answer(503)]

    result = await simulator.text(CUSTOMER, NUMBER, "hi")

    assert not result.acknowledged
    assert codes(result) == [12100, 11200]
