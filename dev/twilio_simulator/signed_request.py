"""One request of Twilio's to the product: what is sent, and its signature."""

import uuid
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlencode, urlsplit

from dev.twilio_simulator.directory import Account, SharedKey
from dev.twilio_simulator.signature import Parameters, sign, signed_url

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True)
class SignedRequest:
    """`url` is as configured, fragment and credentials included.

    `tamper` ("body", "signature", "no_signature" or "url") makes the signature wrong or leaves it out. The
    idempotency token is the same for all attempts.
    """

    account: Account
    url: str
    params: Parameters
    method: str = "POST"
    tamper: str | None = None
    idempotency_token: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def target(self) -> str:
        """The URL that is signed; for GET with the parameters in its query."""
        url = signed_url(self.url)
        if self.method != "GET":
            return url
        return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(self.params, errors='surrogatepass')}"

    @property
    def shared_key(self) -> SharedKey | None:
        """What signs instead of the auth token. Repeats are signed as the first attempt was, if nothing changed."""
        return self.account.shared_key

    def signature(self) -> str:
        params = [] if self.method == "GET" else self.params
        shared = self.shared_key
        secret, algorithm = (shared.secret, shared.algorithm) if shared else (self.account.auth_token, "HMAC_SHA1")
        secret = "not-" + secret if self.tamper == "signature" else secret
        return sign(self.target + ("/elsewhere" if self.tamper == "url" else ""), params, secret, algorithm)

    def headers(self) -> dict[str, str]:
        headers = {
            "Host": urlsplit(self.target).netloc,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "X-Home-Region": "us1",
            "I-Twilio-Idempotency-Token": self.idempotency_token,
        }
        if self.tamper != "no_signature":
            headers["X-Twilio-Signature"] = self.signature()
        if self.shared_key is not None:
            settings = f"key={self.shared_key.shared_key_id},algorithm={self.shared_key.algorithm}"
            headers["X-Twilio-Webhooks-Signature-Settings"] = settings
        return headers if self.method == "GET" else {**headers, "Content-Type": FORM}

    def body(self) -> bytes | None:
        if self.method == "GET":
            return None
        spoiled = self.tamper == "body"
        params = [(name, value + "!" if spoiled and name == "Body" else value) for name, value in self.params]
        return urlencode(params, errors="surrogatepass").encode()

    def credentials(self) -> str | None:
        """The Authorization header for credentials in the configured URL."""
        user_info, at, _ = urlsplit(self.url).netloc.rpartition("@")
        return f"Basic {b64encode(unquote(user_info).encode()).decode()}" if at else None
