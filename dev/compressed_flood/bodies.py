"""What the stranger sends: bodies that are a thousand times as large once they are decompressed."""

import zlib
from collections.abc import Mapping

from dev.local_stack.accounts import WEBHOOK_PATH

SIZE = 300 * 1024
PATHS = (WEBHOOK_PATH, WEBHOOK_PATH + "/fallback", WEBHOOK_PATH + "/status", "/")
_FORMS: Mapping[str, int] = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_BLOCK = bytes(1024 * 1024)
_FORM = "application/x-www-form-urlencoded"


def bomb(coding: str, size: int = SIZE) -> bytes:
    """At least `size` bytes of gzip, deflate or what nobody here decompresses (any other coding), which hold a thousand
    times as many."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, _FORMS.get(coding, zlib.MAX_WBITS))
    packed = bytearray()
    while len(packed) < size:
        packed += compressor.compress(_BLOCK)
    return bytes(packed + compressor.flush())


def request(path: str, body: bytes, coding: str = "", media_type: str = _FORM, chunked: bool = False) -> bytes:
    """A POST of `body`. Without a `coding` nobody is told that it is compressed: the same bytes, as a control."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    lines = [f"POST {path} HTTP/1.1", "Host: keva", "Connection: close", f"Content-Type: {media_type}", length]
    if coding:
        lines.append(f"Content-Encoding: {coding}")
    head = "\r\n".join([*lines, "", ""]).encode()
    return head + (b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
