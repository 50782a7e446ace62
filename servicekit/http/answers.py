"""What every answer of ours has, and those that no application gives."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

RETRY_AFTER_SECONDS = 2
# Not to be cached, and no word of what software gave the answer.
HYGIENE: Mapping[str, str] = {"Cache-Control": "no-store", "Server": "Keva"}


def plain_text(status: int, text: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer in words."""
    return web.Response(status=status, text=text + "\n", headers=headers)


async def add_hygiene(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Gives `response` the headers that every answer has; it may be cached if it says so itself. A signal handler of
    the application. A request that is refused before its body has come is the last one of its connection: nobody waits
    for that body."""
    response.headers["Server"] = HYGIENE["Server"]
    response.headers.setdefault("Cache-Control", HYGIENE["Cache-Control"])
    if not request.content.is_eof():
        close_after(response)


def close_after(response: web.StreamResponse) -> None:
    """Makes `response`, which is being prepared, the last one of its connection, and says so."""
    response.force_close()
    response.headers["Connection"] = "close"


def unprepared(status: int, text: str) -> web.Response:
    """An answer that the application's signals never see. Always the last one of its connection."""
    headers = {**HYGIENE, **_retry_after(status)}
    response = plain_text(status, text, headers)
    response.force_close()
    return response


def bare(status: int) -> bytes:
    """An answer without a request that it could be prepared for."""
    headers = {"Content-Length": "0", "Connection": "close", **HYGIENE, **_retry_after(status)}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _retry_after(status: int) -> dict[str, str]:
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 503 else {}
