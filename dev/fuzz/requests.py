"""What is sent: everything is made of one random generator, so that a seed tells all of it."""

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus

from dev.local_stack.accounts import WEBHOOK_PATH, Account
from dev.twilio_simulator.signature import sign

_PATHS = (WEBHOOK_PATH, WEBHOOK_PATH + "/fallback", WEBHOOK_PATH + "/status", "/", "/healthz", "/api/webhooks/%74wilio")
_METHODS = ("POST", "GET", "HEAD", "PUT", "OPTIONS", "CONNECT", "TRACE", "post", "P\x00ST", "PRI")
_HEADERS = (
    "Content-Type",
    "Content-Encoding",
    "Transfer-Encoding",
    "Content-Length",
    "Expect",
    "Upgrade",
    "Connection",
)
_VALUES = (
    "",
    "0",
    "-1",
    "+5",
    "9" * 30,
    "chunked",
    "gzip",
    "deflate",
    "br",
    "100-continue",
    "close",
    "websocket",
    "a;b=c",
)

_HALF_CLOSED = 0.05
# Else most of the time would go by with waiting for 408.
_PATIENT = 0.1


@dataclass(frozen=True)
class Sent:
    """One request. A genuine one must be answered 200 and its MessageSid stored once. `half_closed`: EOF follows.
    `patient`: its sender waits for an answer until it comes; others hang up after a while."""

    kind: str
    data: bytes
    genuine_sid: str = ""
    half_closed: bool = False
    patient: bool = True


class Requests:
    """Makes them for one account."""

    def __init__(self, seed: str, public_url: str, account: Account) -> None:
        self._random = random.Random(seed)
        self._public_url = public_url
        self._account = account

    def next(self, genuine_share: float = 0.02) -> Sent:
        """The next one."""
        if self._random.random() < genuine_share:
            return self._genuine()
        kind, make = self._random.choice(self._kinds())
        data, half_closed = make(), self._random.random() < _HALF_CLOSED
        # Of whom nothing comes nobody waits for an answer; what is whole gets one, however busy the machine is.
        patient = bool(data) and (self._random.random() < _PATIENT or kind == "wrong parameters")
        return Sent(kind, data, half_closed=half_closed, patient=patient)

    def _kinds(self) -> list[tuple[str, Callable[[], bytes]]]:
        return [
            ("mutated bytes", self._mutated),
            ("truncated", self._truncated),
            ("random bytes", lambda: self._random.randbytes(self._random.randint(0, 400))),
            ("random head", self._random_head),
            ("chunks", self._chunks),
            ("wrong parameters", self._wrong_parameters),
            ("odd body", self._odd_body),
            ("encoded body", self._encoded_body),
            ("many headers", self._many_headers),
            ("pipelined", self._pipelined),
        ]

    def _genuine(self) -> Sent:
        sid = "SM" + self._random.randbytes(16).hex()
        return Sent("genuine", self._request(self._form(sid)), sid)

    def _form(self, sid: str = "") -> list[tuple[str, str]]:
        return [
            ("MessageSid", sid or "SM" + self._random.randbytes(16).hex()),
            ("AccountSid", self._account.account_sid),
            ("From", f"+1555200{self._random.randint(0, 49):04}"),
            ("To", self._account.phone_number),
            ("Body", self._random.choice(("hello", "", "héllo 👋", "a&b=c", "\x00", "x" * 1600))),
            ("NumMedia", "0"),
        ]

    def _request(self, form: list[tuple[str, str]], body: bytes | None = None, *headers: bytes) -> bytes:
        """A POST of `body`, or of `form`, with the signature of `form`."""
        encoded = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form).encode()
        sent = encoded if body is None else body
        signature = sign(self._public_url + WEBHOOK_PATH, form, self._account.auth_token)
        lines = [
            f"POST {WEBHOOK_PATH} HTTP/1.1".encode(),
            b"Host: keva",
            b"Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
            b"X-Twilio-Signature: " + signature.encode(),
            *(headers or [b"Content-Length: %d" % len(sent)]),
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + sent

    def _mutated(self) -> bytes:
        data = bytearray(self._request(self._form()))
        for _ in range(self._random.choice((1, 1, 1, 2, 5, 20))):
            at = self._random.randrange(len(data))
            what = self._random.randrange(4)
            if what == 0:
                data[at] = self._random.randrange(256)
            elif what == 1:
                del data[at : at + self._random.randint(1, 20)]
            elif what == 2:
                data[at:at] = self._random.choice((b"\x00", b"\r\n", b"\xff\xfe", b"%", b"&", b"=", b"A" * 300))
            else:
                data[at] ^= 1 << self._random.randrange(8)
            if not data:
                return b""
        return bytes(data)

    def _truncated(self) -> bytes:
        data = self._request(self._form())
        return data[: self._random.randrange(len(data))]

    def _random_head(self) -> bytes:
        version = self._random.choice(("1.1", "1.0", "2.0", "9"))
        lines = [f"{self._random.choice(_METHODS)} {self._random.choice(_PATHS)} HTTP/{version}"]
        for _ in range(self._random.randint(0, 6)):
            lines.append(f"{self._random.choice(_HEADERS)}: {self._random.choice(_VALUES)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self._random.randbytes(self._random.randint(0, 50))

    def _chunks(self) -> bytes:
        body = b""
        for _ in range(self._random.randint(0, 5)):
            size = self._random.choice(
                (b"1", b"5", b"ffffffffffffffff", b"-1", b"zz", b"5;x=y", b"00000005", b"", b"0x5")
            )
            end, data = self._random.choice((b"\r\n", b"\n", b"\r")), self._random.choice((b"a", b"a=b&c", b""))
            body += size + end + data + b"\r\n"
        body += self._random.choice((b"0\r\n\r\n", b"0\r\n", b"0\r\nTrailer: x\r\n\r\n", b""))
        extra = [b"Content-Length: 3"] if self._random.random() < 0.2 else []
        return self._request(self._form(), body, b"Transfer-Encoding: chunked", *extra)

    def _wrong_parameters(self) -> bytes:
        form = self._form()
        name, value = self._random.choice(form)
        body = self._random.choice(
            (
                b"&".join(b"a=b" for _ in range(self._random.choice((999, 1001, 20_000)))),
                quote_plus(name).encode() + b"=" + quote_plus(value + "!").encode(),
                b"A" * self._random.choice((255, 257, 60_000)) + b"=b",
                b"a=" + b"x" * self._random.choice((65_000, 65_534, 65_535, 70_000, 200_000)),
                b"AccountSid=" + self._account.account_sid.encode() + b"&AccountSid=AC" + b"0" * 32,
                b"%00=%00&\x00=\xff&%ed%a0%80=%",
                b"",
            )
        )
        return self._request(form, body)

    def _odd_body(self) -> bytes:
        return self._request(self._form(), self._random.randbytes(self._random.choice((1, 10, 1000, 5000))))

    def _encoded_body(self) -> bytes:
        plain = self._random.choice((b"a=b", b"a=" + b"x" * 3_000_000, self._random.randbytes(100)))
        packed = self._random.choice((zlib.compress(plain), plain[:500], zlib.compress(plain)[:-3]))
        coding = self._random.choice((b"gzip", b"deflate", b"gzip, deflate", b"br", b"zstd", b"identity"))
        return self._request(self._form(), packed, b"Content-Encoding: " + coding, b"Content-Length: %d" % len(packed))

    def _many_headers(self) -> bytes:
        count, size = self._random.choice(((60, 10), (200, 10), (3, 9000), (1, 100_000), (30, 2000)))
        headers = [b"X-%d: %s" % (number, b"y" * size) for number in range(count)]
        return self._request(self._form(), b"a=b", *headers, b"Content-Length: 3")

    def _pipelined(self) -> bytes:
        return self._request(self._form(), b"a=b") * self._random.choice((2, 10, 100))
