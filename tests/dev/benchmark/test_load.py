"""The load generator, against a server that says what it got."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from dev.benchmark.load.orders import BROKEN, Customers, Number, Order, Result
from dev.benchmark.load.process import Generator, LoadError
from dev.benchmark.load.tally import Tally
from dev.local_stack.ports import free_port

NUMBER = Number("https://sms.keva.example/api/webhooks/twilio", "AC" + "0" * 32, "a token", "+15557650000")


class Server:
    """Answers 200, but for `answers`, which come first: a status, or None to hang up. It takes `seconds` for each."""

    def __init__(self, *answers: int | None, seconds: float = 0.0) -> None:
        self.port = free_port()
        self.forms: list[dict[str, str]] = []
        self.signatures: list[str] = []
        self._answers = list(answers)
        self._seconds = seconds

    async def _webhook(self, request: web.Request) -> web.Response:
        self.forms.append(dict(parse_qsl(await request.text(), keep_blank_values=True)))
        self.signatures.append(request.headers["X-Twilio-Signature"])
        answer = self._answers.pop(0) if self._answers else 200
        await asyncio.sleep(self._seconds)
        if answer is None:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=answer or 200, text="an answer")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.add_routes([web.post("/api/webhooks/twilio", self._webhook)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield
        finally:
            await runner.cleanup()


async def load(server: Server, **order: object) -> Result:
    asked = {"series": "a test", "connections": 2, "seconds": 30.0, "warm_seconds": 0.0, "signed": 20, **order}
    async with server.serving(), Generator.ready(Order([server.port], NUMBER, **asked)) as generator:  # type: ignore[arg-type]
        return await generator.run()


async def test_closed_loop_sends_all_that_is_signed() -> None:
    server = Server()

    result = await load(server)

    assert result.answers == {"200": 20}
    assert result.latency.count == 20
    assert result.most_at_once == 2
    assert len({form["MessageSid"] for form in server.forms}) == 20
    validator = RequestValidator(NUMBER.auth_token)
    signed = zip(server.forms, server.signatures, strict=True)
    assert all(validator.validate(NUMBER.url, form, signature) for form, signature in signed)


async def test_closed_loop_goes_on_until_something_is_measured() -> None:
    result = await load(Server(503, 503, 503, seconds=0.1), connections=1, seconds=0.02, warm_seconds=0.01)

    assert result.answers == {"503": 3, "200": 1}
    assert (result.latency.count, result.seconds > 0.39) == (1, True)
    assert result.rate == 1 / result.seconds


async def test_open_loop_sends_at_its_rate() -> None:
    result = await load(Server(), rate=500.0)

    assert result.answers == {"200": 20}
    assert sum(second["200"] for second in result.by_second) == 20


async def test_what_is_not_answered_200_is_counted() -> None:
    result = await load(Server(503, None, 503))

    assert result.answers == {"503": 2, BROKEN: 1, "200": 17}
    assert result.refused == {"503": 2, BROKEN: 1}


async def test_customers_text_in_turn() -> None:
    server = Server()

    await load(server, connections=1, in_turn=True, customers=Customers(4))

    assert [form["From"][-1] for form in server.forms] == list("0123" * 5)


async def test_busy_customers_send_their_share() -> None:
    server = Server()

    await load(server, customers=Customers(1000, busy=1, busy_share=0.5), signed=200)

    assert 70 <= Counter(form["From"] for form in server.forms).most_common(1)[0][1] <= 130


async def test_busy_customers_may_lie_apart() -> None:
    server = Server()

    await load(server, customers=Customers(3, busy=3, busy_share=1.0, busy_from=9000, busy_step=100), signed=60)

    assert {form["From"][-4:] for form in server.forms} == {"9000", "9100", "9200"}


async def test_generator_that_dies_says_so() -> None:
    order = Order([1], NUMBER, "a test", 1, 1.0, signed=1)
    async with Generator.ready(order) as generator:
        generator._process.kill()
        with pytest.raises(LoadError, match="exit status -9"):
            await asyncio.wait_for(generator.run(), 90)


@pytest.mark.parametrize(
    ("connections", "seconds"), [pytest.param(1, 3600.0, id="too long"), pytest.param(100_000, 1.0, id="too many")]
)
def test_runs_are_bounded(connections: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="a run"):
        Order([1], NUMBER, "a test", connections, seconds)


def test_warm_seconds_are_not_measured() -> None:
    tally = Tally(begins=10, ends=12, started=9)
    for due, now in [(9.5, 9.6), (9.9, 10.1), (10.5, 10.6), (11.9, 12.1)]:
        tally.begin()
        tally.end("200", due, now)

    result = tally.result(cpu_seconds=0.5)

    assert result.answers == {"200": 4}
    # Answered in the two seconds: the second and the third. Due in them: the third and the fourth.
    assert (result.rate, result.latency.count) == (1.0, 2)
    assert [sum(second.values()) for second in result.by_second] == [1, 2, 0, 1]


def test_first_answer_that_comes_late_ends_the_time() -> None:
    tally = Tally(begins=10, ends=12, started=9)
    answers = [("503", 10.5, 11.0), ("200", 9.9, 13.0), ("200", 13.0, 14.0)]
    measured = []
    for answer, due, now in answers:
        tally.begin()
        tally.end(answer, due, now)
        measured.append(tally.is_measured)

    result = tally.result(cpu_seconds=0.5)

    # The second answer gives a rate, the third one a latency.
    assert measured == [False, False, True]
    assert (result.seconds, result.rate, result.latency.count) == (3.0, 1 / 3, 1)
