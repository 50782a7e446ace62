"""How an account's webhooks come: when they last did, and why one was refused."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class SignatureTrouble(Enum):
    """Why a webhook that claims to be an account's does not count as signed by it."""

    MISSING = "MISSING"
    UNKNOWN_SHARED_KEY = "UNKNOWN_SHARED_KEY"
    OTHER_SCHEME = "OTHER_SCHEME"
    WRONG = "WRONG"
    # Whether the account signed it cannot be said.
    UNREADABLE_SHARED_KEY = "UNREADABLE_SHARED_KEY"
    UNREADABLE_AUTH_TOKEN = "UNREADABLE_AUTH_TOKEN"  # noqa: S105 - no password

    @property
    def undecided(self) -> bool:
        """Whether it may have signed it all the same."""
        return self in (SignatureTrouble.UNREADABLE_SHARED_KEY, SignatureTrouble.UNREADABLE_AUTH_TOKEN)


@dataclass(frozen=True)
class WebhookHealth:
    """The newest of each kind that is known of; None: none yet. `refused` came in the account's name, from Twilio or
    from somebody else."""

    text_time: datetime | None = None
    callback_time: datetime | None = None
    refused_time: datetime | None = None
    trouble: SignatureTrouble | None = None

    def with_newer(self, other: "WebhookHealth") -> "WebhookHealth":
        """The newer of both, kind by kind."""
        refused = max(self, other, key=lambda one: _order(one.refused_time))
        return WebhookHealth(
            max(self.text_time, other.text_time, key=_order),
            max(self.callback_time, other.callback_time, key=_order),
            refused.refused_time,
            refused.trouble,
        )

    def since(self, start: datetime) -> "WebhookHealth":
        """Without what happened before `start`."""
        refused = _not_before(self.refused_time, start)
        trouble = self.trouble if refused else None
        return WebhookHealth(
            _not_before(self.text_time, start), _not_before(self.callback_time, start), refused, trouble
        )


def _order(time: datetime | None) -> float:
    return time.timestamp() if time else 0.0


def _not_before(time: datetime | None, start: datetime) -> datetime | None:
    return time if time is not None and time >= start else None
