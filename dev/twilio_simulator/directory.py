"""Who there is at Twilio: accounts with their tokens, their phone numbers and their messaging services."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from dev.twilio_simulator.log import now
from dev.twilio_simulator.signature import signed_url

CAPABILITIES = ("voice", "sms", "mms", "fax")


@dataclass(frozen=True)
class SharedKey:
    """A key that signs webhooks instead of the auth token (a beta of Twilio's)."""

    shared_key_id: str
    secret: str
    algorithm: str


@dataclass
class Account:
    """`auth_token` is the primary one: it signs, unless there is a `shared_key`. `public_url_map`: public origin
    -> origin to connect to. What a `trial` account sends is marked as that. An account whose `status` is not active is
    refused with `refused_with`, one of Twilio's codes."""

    sid: str
    auth_token: str
    friendly_name: str
    secondary_token: str | None = None
    shared_key: SharedKey | None = None
    public_url_map: dict[str, str] = field(default_factory=dict)
    trial: bool = False
    status: str = "active"
    refused_with: int = 20003
    date_created: datetime = field(default_factory=now)

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    def accepts(self, token: str) -> bool:
        """Whether a token authenticates REST requests: the primary one does, and the secondary one."""
        tokens = [self.auth_token] if self.secondary_token is None else [self.auth_token, self.secondary_token]
        return any(hmac.compare_digest(token.encode(), known.encode()) for known in tokens)

    def create_secondary(self) -> str:
        self.secondary_token = secrets.token_hex(16)
        return self.secondary_token

    def promote(self) -> str | None:
        """The secondary token replaces the primary one at once. None without a secondary."""
        if self.secondary_token is not None:
            self.auth_token, self.secondary_token = self.secondary_token, None
            return self.auth_token
        return None

    def reachable(self, url: str) -> str:
        """Where to connect to for a configured URL: it may be a public one that leads nowhere from here."""
        target = signed_url(url)
        for origin, local in self.public_url_map.items():
            public = origin.rstrip("/")
            if target == public or target.startswith((public + "/", public + "?")):
                return local.rstrip("/") + target[len(public) :]
        return target


@dataclass
class Number:
    account_sid: str
    phone_number: str
    friendly_name: str
    capabilities: frozenset[str] = frozenset({"sms", "mms", "voice"})
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    sms_application_sid: str = ""
    status_callback: str = ""
    status_callback_method: str = "POST"
    date_created: datetime = field(default_factory=now)
    date_updated: datetime = field(default_factory=now)

    @property
    def sid(self) -> str:
        """The same for the same number of the same account, in every run."""
        return ("SC" if self.is_short_code else "PN") + hashlib.sha256(
            f"{self.account_sid} {self.phone_number}".encode()
        ).hexdigest()[:32]

    @property
    def is_short_code(self) -> bool:
        return self.phone_number.isdigit()

    @property
    def texts(self) -> bool:
        return bool(self.capabilities & {"sms", "mms"})


@dataclass
class MessagingService:
    """`numbers` of the account are its senders. Their texts go to its URL, or, without one, are lost, unless it uses
    the webhook on the number."""

    sid: str
    account_sid: str
    friendly_name: str
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    use_inbound_webhook_on_number: bool = False
    numbers: frozenset[str] = frozenset()
    date_created: datetime = field(default_factory=now)


class Directory:
    """Accounts by sid, numbers by (account sid, number), services by sid, in the order in which they were made."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self._numbers: dict[tuple[str, str], Number] = {}
        self._services: dict[str, MessagingService] = {}

    def add_number(self, number: Number) -> None:
        self._numbers[number.account_sid, number.phone_number] = number

    def number(self, account_sid: str, phone_number: str) -> Number | None:
        return self._numbers.get((account_sid, phone_number))

    def numbers_of(self, account_sid: str) -> list[Number]:
        return [number for (owner, _), number in self._numbers.items() if owner == account_sid]

    def holding(self, phone_number: str) -> list[Number]:
        """A number in every account that has it: one at Twilio, several when a test plays a dispute."""
        return [number for (_, held), number in self._numbers.items() if held == phone_number]

    def put_service(self, service: MessagingService) -> None:
        """A new one, or another state of a known one. A number is in one service at most: it leaves the others."""
        for other in self._services.values():
            if (other.account_sid, other.sid) != (service.account_sid, service.sid):
                other.numbers -= service.numbers if other.account_sid == service.account_sid else frozenset()
        self._services[service.sid] = service

    def services_of(self, account_sid: str) -> list[MessagingService]:
        return [service for service in self._services.values() if service.account_sid == account_sid]

    def service_of(self, number: Number) -> MessagingService | None:
        """The service that has the number, if one has."""
        services = self.services_of(number.account_sid)
        return next((service for service in services if number.phone_number in service.numbers), None)

    def clear(self) -> None:
        self.accounts.clear()
        self._numbers.clear()
        self._services.clear()


def matches_number(pattern: str, phone_number: str) -> bool:
    """Twilio's PhoneNumber filter: any part of a number, `*` for any digit."""
    wanted = re.sub(r"[^0-9*]", "", pattern).replace("*", r"\d")
    return re.search(wanted, phone_number) is not None
