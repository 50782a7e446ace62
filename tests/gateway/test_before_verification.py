"""What is answered before anybody is asked: these peers are down."""

import gzip
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicekit.limits import WEBHOOK_BODY_BYTES
from tests.gateway.gateway_process import Gateway
from tests.gateway.webhook_requests import STATUS, TEXT, chunked, request
from tests.servicekit.http.raw_http import FORM, Answer, exchange

LIMIT = WEBHOOK_BODY_BYTES


def assert_refused(answer: Answer, status: int) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["server"] == "Keva"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("target", [TEXT, STATUS])
async def test_405_names_the_method_that_is_allowed(lonely: Gateway, method: str, target: str) -> None:
    answer = await lonely.send(request(method=method, target=target))

    assert_refused(answer, 405)
    assert answer.headers["allow"] == "POST"


OTHER_PATHS = ("/", "/api/webhooks/twilio/", "/api/webhooks/other", "//api/webhooks/twilio")
# Those are on ports of their own.
NOT_PUBLIC = ("/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("target", OTHER_PATHS + NOT_PUBLIC)
async def test_404_for_other_paths(lonely: Gateway, target: str) -> None:
    assert_refused(await lonely.send(request(target=target)), 404)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(request(b"a=" + b"x" * (LIMIT - 1)), id="one byte too many"),
        pytest.param(request(b"", headers={"Content-Length": "99999999999"}), id="announced, not sent"),
        pytest.param(chunked(b"a=" + b"x" * LIMIT), id="chunked, without a length"),
        pytest.param(
            request(gzip.compress(b"a=" + b"x" * 10_000_000), headers={"Content-Encoding": "gzip"}), id="gzip bomb"
        ),
        pytest.param(
            request(zlib.compress(b"a=" + b"x" * LIMIT), headers={"Content-Encoding": "deflate"}), id="deflate"
        ),
    ],
)
async def test_413_for_more_than_the_limit(lonely: Gateway, sent: bytes) -> None:
    assert_refused(await lonely.send(sent), 413)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(request(b"a=" + b"x" * (LIMIT - 2)), id="exactly the limit"),
        pytest.param(chunked(b"a=" + b"x" * (LIMIT - 2)), id="exactly the limit, chunked"),
        pytest.param(request(gzip.compress(b"a=b"), headers={"Content-Encoding": "gzip"}), id="gzip"),
        pytest.param(request(headers={"Content-Type": FORM + "; charset=UTF-8"}), id="charset"),
        pytest.param(request(headers={"Content-Type": FORM.upper() + ';charset="utf-8"'}), id="charset, quoted"),
        pytest.param(request(b"&".join([b"a=b"] * 1000)), id="1,000 parameters"),
        pytest.param(request(b"x" * 256), id="longest name"),
        pytest.param(request(headers={f"X-{n}": "y" for n in range(60)}), id="63 headers"),
        pytest.param(request(b"%%%=%zz&=&&==;;"), id="broken escapes stay as they are"),
        pytest.param(request(b"a=%00"), id="NUL"),
        pytest.param(request("é=日本".encode()), id="UTF-8 that is not escaped"),
        pytest.param(request(headers={"X-Twilio-Signature": ""}), id="empty signature"),
        pytest.param(request(headers={"X-Twilio-Signature": b"\xff\xfe"}), id="signature of raw bytes"),
        pytest.param(request(headers={"X-Twilio-Signature": "é"}), id="signature that is not ASCII"),
        pytest.param(request(target="http://other.example/api/webhooks/twilio"), id="absolute target"),
        pytest.param(request(target=TEXT + "?%ff=%00"), id="odd query"),
        pytest.param(request(target="/api/webhooks/%74wilio"), id="escaped path"),
        pytest.param(request(target=STATUS), id="status callback"),
    ],
)
async def test_403_without_a_signature_asks_nobody(lonely: Gateway, sent: bytes) -> None:
    assert_refused(await lonely.send(sent), 403)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content-Type": None}, id="no media type"),
        pytest.param({"Content-Type": ""}, id="empty media type"),
        pytest.param({"Content-Type": "application/json"}, id="JSON"),
        pytest.param({"Content-Type": "text/plain"}, id="plain text"),
        pytest.param({"Content-Type": "multipart/form-data; boundary=x"}, id="multipart"),
        pytest.param({"Content-Type": FORM + "; charset=latin-1"}, id="latin-1"),
        pytest.param({"Content-Type": FORM + "; charset=utf-16"}, id="UTF-16"),
        pytest.param({"Content-Type": FORM + "; charset=%%%"}, id="odd charset"),
        pytest.param({"Content-Type": FORM + "; charset=rot13"}, id="codec that is not a charset"),
        pytest.param({"Content-Type": b"\xff\xfe/\x80"}, id="raw bytes"),
        pytest.param({"Content-Encoding": "compress"}, id="compress"),
        pytest.param({"Content-Encoding": "gzip, gzip"}, id="gzip twice"),
    ],
)
async def test_415_for_other_media_types(lonely: Gateway, headers: dict[str, str | bytes | None]) -> None:
    assert_refused(await lonely.send(request(headers=headers)), 415)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        pytest.param(request(b""), "empty", id="empty"),
        pytest.param(request(b"&&&"), "empty", id="separators alone"),
        pytest.param(request(b"Body=\xff\xfe"), "UTF-8", id="bytes that are no UTF-8"),
        pytest.param(request(b"Body=%ff%fe"), "UTF-8", id="escaped bytes that are no UTF-8"),
        pytest.param(request(b"%ED%A0%80=hi"), "UTF-8", id="half of a character in a name"),
        pytest.param(request(b"&".join([b"a=b"] * 1001)), "1000", id="1,001 parameters"),
        pytest.param(request(b"&" * 60_000), "1000", id="60,000 separators"),
        pytest.param(request(b"a=b&" + b"x" * 257), "256", id="long name"),
        pytest.param(request(b"%C3%A9" * 129), "256", id="long name, escaped"),
        pytest.param(request(b"not gzip", headers={"Content-Encoding": "gzip"}), "", id="not gzip"),
        pytest.param(request(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "cut short", id="cut gzip"),
    ],
)
async def test_400_for_what_cannot_be_read(lonely: Gateway, sent: bytes, text: str) -> None:
    answer = await lonely.send(sent)

    assert_refused(answer, 400)
    assert text in answer.body


HEAD = b"POST /api/webhooks/twilio HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"garbage\r\n\r\n", id="garbage"),
        pytest.param(b"POST /api/webhooks/twilio HTTP/9.9\r\n\r\n", id="HTTP/9.9"),
        pytest.param(b"POST /api/webhooks/\xff HTTP/1.1\r\nHost: x\r\n\r\n", id="target that is not ASCII"),
        pytest.param(request(target=TEXT + "#x", headers={"X-Twilio-Signature": "s"}), id="fragment"),
        pytest.param(
            request(target=TEXT + "?a=b#c", headers={"X-Twilio-Signature": "s"}), id="fragment behind a query"
        ),
        pytest.param(b"POST /api/webhooks/\x00 HTTP/1.1\r\nHost: x\r\n\r\n", id="NUL in the target"),
        pytest.param(b"POST " + b"/" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", id="endless target"),
        pytest.param(HEAD + b"Content-Length: abc\r\n\r\n", id="length that is not a number"),
        pytest.param(HEAD + b"Content-Length: -1\r\n\r\n", id="negative length"),
        pytest.param(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", id="two lengths"),
        pytest.param(
            HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="length and chunks"
        ),
        pytest.param(HEAD + b"no colon\r\n\r\n", id="header without a colon"),
        pytest.param(HEAD + b"A: \x00\r\n\r\n", id="NUL in a header"),
        pytest.param(HEAD + b"A: " + b"x" * 20_000 + b"\r\n\r\n", id="endless header"),
        pytest.param(HEAD + b"x" * 20_000 + b": A\r\n\r\n", id="endless name of a header"),
        pytest.param(HEAD + b"".join(b"A%d: b\r\n" % n for n in range(64)) + b"\r\n", id="65 headers"),
        pytest.param(HEAD + b"".join(b"A%d: b\r\n" % n for n in range(1000)) + b"\r\n", id="endless headers"),
    ],
)
async def test_400_for_what_is_no_http(lonely: Gateway, sent: bytes) -> None:
    assert_refused(await lonely.send(sent), 400)


async def test_chunks_that_are_none_are_400(lonely: Gateway) -> None:
    sent = request(b"zz\r\nx", headers={"Content-Length": None, "Transfer-Encoding": "chunked"})

    assert_refused(await lonely.send(sent), 400)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(request(b"", headers={"Expect": "the unexpected"}), id="unknown expectation"),
        pytest.param(request(headers={"Upgrade": "websocket", "Connection": "Upgrade"}), id="upgrade"),
        pytest.param(b"CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", id="CONNECT"),
        pytest.param(request(headers={"Content-Encoding": "br"}), id="brotli"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
    ],
)
async def test_what_http_allows_and_we_do_not_is_refused(lonely: Gateway, sent: bytes) -> None:
    answer = await lonely.send(sent)

    assert 400 <= answer.status < 500
    assert answer.headers["server"] == "Keva"


async def test_408_for_a_body_that_does_not_come(lonely: Gateway) -> None:
    assert_refused(await lonely.send(request(b"a=b", headers={"Content-Length": "100"})), 408)


_bytes_without_line_ends = st.binary(max_size=60).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b""))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300),
    target=st.sampled_from([TEXT, STATUS, TEXT + "?a=%2f"]),
    content_type=st.sampled_from([b"", b"; charset=utf-8"]).map(FORM.encode().__add__) | _bytes_without_line_ends,
    encoding=st.sampled_from([b"", b"", b"gzip", b"deflate"]) | _bytes_without_line_ends,
)
async def test_no_input_gives_a_500(
    lonely: Gateway, body: bytes, target: str, content_type: bytes, encoding: bytes
) -> None:
    sent = request(body, target=target, headers={"Content-Type": content_type, "Content-Encoding": encoding})

    answer = await exchange(lonely.port, sent)

    assert 400 <= answer.status < 500
