"""Who there is at Twilio: accounts with their tokens, and their phone numbers."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from dev.twilio_simulator.log import now
from dev.twilio_simulator.signature import signed_url

CAPABILITIES = ("voice", "sms", "mms", "fax")


@dataclass
class Account:
    """`auth_token` is the primary one: it signs. `public_url_map`: public origin -> origin to connect to."""

    sid: str
    auth_token: str
    friendly_name: str
    secondary_token: str | None = None
    public_url_map: dict[str, str] = field(default_factory=dict)
    date_created: datetime = field(default_factory=now)

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
        return "PN" + hashlib.sha256(f"{self.account_sid} {self.phone_number}".encode()).hexdigest()[:32]

    @property
    def texts(self) -> bool:
        return bool(self.capabilities & {"sms", "mms"})


class Directory:
    """Accounts by sid, numbers by (account sid, number), in the order in which they were made."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self._numbers: dict[tuple[str, str], Number] = {}

    def add_number(self, number: Number) -> None:
        self._numbers[number.account_sid, number.phone_number] = number

    def number(self, account_sid: str, phone_number: str) -> Number | None:
        return self._numbers.get((account_sid, phone_number))

    def numbers_of(self, account_sid: str) -> list[Number]:
        return [number for (owner, _), number in self._numbers.items() if owner == account_sid]

    def holding(self, phone_number: str) -> list[Number]:
        """A number in every account that has it: one at Twilio, several when a test plays a dispute."""
        return [number for (_, held), number in self._numbers.items() if held == phone_number]

    def clear(self) -> None:
        self.accounts.clear()
        self._numbers.clear()


def matches_number(pattern: str, phone_number: str) -> bool:
    """Twilio's PhoneNumber filter: any part of a number, `*` for any digit."""
    wanted = re.sub(r"[^0-9*]", "", pattern).replace("*", r"\d")
    return re.search(wanted, phone_number) is not None
