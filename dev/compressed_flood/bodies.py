"""What the stranger sends: bodies that are a thousand times as large once they are decompressed."""

import functools
import struct
import zlib
from collections.abc import Callable

from dev.local_stack.accounts import WEBHOOK_PATH

SIZE = 300 * 1024
PATHS = (WEBHOOK_PATH, WEBHOOK_PATH + "/fallback", WEBHOOK_PATH + "/status", "/")
_BLOCK = bytes(1024 * 1024)
_FORM = "application/x-www-form-urlencoded"


@functools.cache
def bomb(coding: str, size: int = SIZE) -> bytes:
    """At least `size` bytes of gzip (RFC 1952), or of zlib's form (RFC 1950) for deflate and what nobody here
    decompresses, which hold a thousand times as many."""
    # Behind a full flush nothing refers to what was before it, so one block can stand there many times.
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = compressor.compress(_BLOCK) + compressor.flush(zlib.Z_FULL_FLUSH)
    blocks = -(-size // len(block))
    packed = block * blocks + compressor.flush()
    if coding == "gzip":
        checksum = struct.pack("<LL", _checksum(zlib.crc32, 0, blocks), blocks * len(_BLOCK))
        return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + packed + checksum
    return b"\x78\xda" + packed + struct.pack(">L", _checksum(zlib.adler32, 1, blocks))


def _checksum(of: Callable[[bytes, int], int], checksum: int, blocks: int) -> int:
    for _ in range(blocks):
        checksum = of(_BLOCK, checksum)
    return checksum


def request(path: str, body: bytes, coding: str = "", media_type: str = _FORM, chunked: bool = False) -> bytes:
    """A POST of `body`. Without a `coding` nobody is told that it is compressed: the same bytes, as a control."""
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    lines = [f"POST {path} HTTP/1.1", "Host: keva", "Connection: close", f"Content-Type: {media_type}", length]
    if coding:
        lines.append(f"Content-Encoding: {coding}")
    head = "\r\n".join([*lines, "", ""]).encode()
    return head + (b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body)
