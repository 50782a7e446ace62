"""Requests that are answered before they are read: under many times as many as can be handled, what a refusal costs
decides how many are still handled.

Only a request of the plainest form, alone and whole in what came over the network, is recognised here. Whatever else
comes is read, and refused, as any other request is.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from aiohttp.helpers import rfc822_formatted_time

# The target of a POST that came -> the answer, or None to let it in.
Shed = Callable[[bytes], bytes | None]

_HEAD = re.compile(rb"POST (/[!-~]*) HTTP/1\.1\r\n((?:[!#-'*+\-.0-9A-Z^-z|~]+:[\t -~]*\r\n)+)\r\n")
_LENGTH = re.compile(rb"(?:^|\n)content-length:[ \t]*([0-9]{1,8})[ \t]*\r\n")
# What makes a request end elsewhere than its length says, or asks for more than an answer.
_UNUSUAL = re.compile(
    rb"(?:^|\n)(?:transfer-encoding|expect|upgrade|trailer|connection:(?![ \t]*keep-alive[ \t]*\r)):?"
)


def target_of_whole_post(data: bytes) -> bytes | None:
    """The target of the POST of HTTP/1.1 that `data` is, from its first byte to the last of its body; else None."""
    head = _HEAD.match(data)
    if head is None:
        return None
    fields = head[2].lower()
    length = _LENGTH.search(fields)
    if length is None or fields.count(b"content-length") > 1 or _UNUSUAL.search(fields):
        return None
    return head[1] if len(data) == head.end() + int(length[1]) else None


def answer(status: HTTPStatus, text: str, headers: dict[str, str]) -> bytes:
    """The bytes of an answer in words, after which the connection stays open."""
    body = f"{text}\n".encode()
    fields = {
        **headers,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Date": rfc822_formatted_time(),
    }
    lines = [f"HTTP/1.1 {status} {status.phrase}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body
