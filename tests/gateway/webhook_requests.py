"""Webhooks as bytes, and the answer that Twilio wants."""

from collections.abc import Mapping

from tests.servicekit.http.raw_http import Answer
from tests.servicekit.http.raw_http import request as any_request

TEXT = "/api/webhooks/twilio"
FALLBACK = "/api/webhooks/twilio/fallback"
STATUS = "/api/webhooks/twilio/status"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


def request(
    body: bytes = b"a=b",
    *,
    method: str = "POST",
    target: str | bytes = TEXT,
    headers: Mapping[str, str | bytes | None] | None = None,
) -> bytes:
    """A request to that webhook; `headers` adds, overrides and (None) removes."""
    return any_request(body, method=method, target=target, headers=headers)


def chunked(body: bytes, **headers: str) -> bytes:
    """The same with a body in chunks, whose length nobody knows beforehand."""
    chunks = [body[at : at + 4000] for at in range(0, len(body), 4000)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])
    return request(sent, headers={"Content-Length": None, "Transfer-Encoding": "chunked", **headers})


def is_empty_twiml(answer: Answer) -> bool:
    """Whether it is exactly what stores the text and texts nobody."""
    wanted = (200, "text/xml; charset=utf-8", EMPTY_TWIML)
    return (answer.status, answer.headers["content-type"], answer.body) == wanted
