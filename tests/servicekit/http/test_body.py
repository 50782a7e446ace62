"""A body is read within the time and the size that it may have."""

import gzip
import zlib

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from servicekit.http.body import read_body
from servicekit.http.refusal import HttpRefusal
from tests.servicekit.http.raw_http import exchange, request
from tests.servicekit.http.served import served

LIMIT = 1000


async def _length(received: web.Request) -> web.Response:
    return web.Response(text=str(len(await read_body(received, seconds=0.5))))


@web.middleware
async def _reasons(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except HttpRefusal as refused:
        return web.Response(status=refused.status, text=refused.reason)


ZIPPED = {"Content-Encoding": "gzip"}
CHUNKED = {"Content-Length": None, "Transfer-Encoding": "chunked"}
CUT = gzip.compress(b"x" * LIMIT)[:-8]
DEFLATED = {"Content-Encoding": "deflate"}
# Without zlib's header, as some send it.
BARE = zlib.compress(b"x" * LIMIT)[2:-4]
TWICE = {"Content-Encoding": "gzip, gzip"}


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        pytest.param(request(b"x" * LIMIT), 200, "1000", id="the largest"),
        pytest.param(request(b"x" * (LIMIT + 1)), 413, "TOO_LARGE", id="one byte too many"),
        pytest.param(request(b"", headers={"Content-Length": "9999999"}), 413, "TOO_LARGE", id="announced, not sent"),
        pytest.param(
            request(b"5dc\r\n" + b"x" * 1500 + b"\r\n0\r\n\r\n", headers=CHUNKED), 413, "TOO_LARGE", id="chunked"
        ),
        pytest.param(request(gzip.compress(b"x" * LIMIT), headers=ZIPPED), 200, "1000", id="the largest, compressed"),
        pytest.param(request(gzip.compress(b"x" * 10**7), headers=ZIPPED), 413, "TOO_LARGE", id="gzip bomb"),
        pytest.param(request(gzip.compress(b"x" * (LIMIT + 1)), headers=ZIPPED), 413, "TOO_LARGE", id="one too many"),
        pytest.param(request(zlib.compress(b"x" * 10**7), headers=DEFLATED), 413, "TOO_LARGE", id="deflate bomb"),
        pytest.param(request(zlib.compress(b"x" * LIMIT), headers=DEFLATED), 200, "1000", id="deflate"),
        pytest.param(request(BARE, headers=DEFLATED), 200, "1000", id="deflate without a header"),
        pytest.param(request(b"", headers=DEFLATED), 400, "MALFORMED", id="nothing, deflated"),
        pytest.param(request(b"not gzip", headers=ZIPPED), 400, "MALFORMED", id="not gzip"),
        pytest.param(request(CUT, headers=ZIPPED), 400, "MALFORMED", id="cut gzip"),
        pytest.param(request(gzip.compress(b"x") * 2, headers=ZIPPED), 400, "MALFORMED", id="more behind the gzip"),
        pytest.param(request(b"x", headers={"Content-Encoding": "br"}), 415, "CONTENT_ENCODING", id="brotli"),
        pytest.param(request(gzip.compress(b"x"), headers=TWICE), 415, "CONTENT_ENCODING", id="gzip twice"),
        pytest.param(request(b"x", headers={"Content-Length": "2"}), 408, "SLOW_BODY", id="does not come"),
    ],
)
async def test_body(sent: bytes, status: int, says: str) -> None:
    app = web.Application(middlewares=[_reasons], client_max_size=LIMIT)
    app.router.add_post("/", _length)
    async with served(app) as server:
        answer = await exchange(server.port, sent)

    assert (answer.status, answer.body) == (status, says)
