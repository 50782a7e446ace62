"""An HTTP server over a real socket: what every answer has, when it is ready, and how it ends."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.typedefs import Middleware

from dev.local_stack.ports import free_port
from servicekit.addresses import CannotListen
from servicekit.http.admission import Admission
from servicekit.http.readiness import Readiness
from servicekit.http.server import HttpServer
from tests.servicekit.http.raw_http import exchange, read_answer, request
from tests.servicekit.http.served import served


async def _text(_: web.Request) -> web.Response:
    return web.Response(text="hello")


async def _picture(_: web.Request) -> web.Response:
    return web.Response(body=b"x", headers={"Cache-Control": "max-age=60"})


def _app(*middlewares: Middleware) -> web.Application:
    app = web.Application(middlewares=middlewares)
    app.router.add_post("/", _text)
    app.router.add_post("/picture", _picture)
    return app


@pytest.mark.parametrize(
    ("target", "status", "cached"), [("/", 200, "no-store"), ("/x", 404, "no-store"), ("/picture", 200, "max-age=60")]
)
async def test_no_answer_is_cached_unless_it_says_so_and_none_names_our_software(
    target: str, status: int, cached: str
) -> None:
    async with served(_app()) as server:
        answer = await exchange(server.port, request(target=target))

    assert (answer.status, answer.headers["cache-control"], answer.headers["server"]) == (status, cached, "Keva")


async def test_a_request_that_is_refused_before_its_body_came_is_the_last_of_its_connection() -> None:
    async with served(_app()) as server:
        answer = await exchange(server.port, request(target="/x", headers={"Content-Length": "1000"}))

    assert answer.headers["connection"] == "close"


async def test_what_is_no_http_is_answered_as_everything_else_that_is_refused() -> None:
    async with served(_app()) as server:
        answer = await exchange(server.port, b"garbage\r\n\r\n")

    assert (answer.status, answer.headers["cache-control"], answer.headers["server"]) == (400, "no-store", "Keva")


async def test_it_is_ready_when_all_that_it_needs_is_well() -> None:
    well = {"database": True, "mail": True}

    async def database() -> bool:
        return well["database"]

    async def mail() -> bool:
        return well["mail"]

    async with served(_app(), database=database, mail=mail) as server:
        assert (await server.ready()).status == 200
        well["mail"] = False
        assert (await server.ready()).body == "not ready: mail\n"
        well["database"] = False
        assert (await server.ready()).body == "not ready: database, mail\n"


async def test_running_requests_are_finished_and_their_connections_parted_with() -> None:
    admission, entered, release = Admission(10), asyncio.Event(), asyncio.Event()
    app = _app(admission.admit)

    async def slow(_: web.Request) -> web.Response:
        entered.set()
        await release.wait()
        return web.Response(text="done")

    app.router.add_post("/slow", slow)
    async with served(app, drain_seconds=60, admission=admission) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request(target="/slow"))
        await entered.wait()

        server.stopped.set()
        while (await server.ready()).body != "not ready: shutting down\n":
            pass
        release.set()
        answer = await read_answer(reader)

        assert (answer.body, answer.headers["connection"]) == ("done", "close")
        assert await reader.read() == b""
        writer.close()


async def test_a_port_that_is_taken_is_named() -> None:
    async with served(_app()) as first:
        address = f"127.0.0.1:{first.port}"
        second = HttpServer(_app(), Admission(1), Readiness({}))
        with pytest.raises(CannotListen, match=address):
            await second.serve(address, f"127.0.0.1:{free_port()}", 0, asyncio.Event())


async def test_requests_beyond_the_limit_are_shed_unless_they_are_not_counted() -> None:
    admission, entered, release = Admission(1, lambda asked: asked.path != "/"), asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        entered.set()
        await release.wait()
        return web.Response()

    app = _app(admission.admit)
    app.router.add_post("/slow", slow)
    async with served(app, admission=admission) as server:
        first = asyncio.create_task(exchange(server.port, request(target="/slow")))
        await entered.wait()
        assert not admission.idle.is_set()
        # Nothing here makes an answer of Unavailable OVERLOADED: that is the application's.
        assert (await exchange(server.port, request(target="/picture"))).status == 503
        assert (await exchange(server.port, request(target="/"))).status == 200
        release.set()
        assert (await first).status == 200
        assert admission.idle.is_set()
