"""The closed set of ways in which the provider fails. Only `use_cases.sending` decides what each means for a reply."""

from dataclasses import dataclass
from enum import Enum


class FailureKind(Enum):
    """Who or what has to change before the same thing can succeed."""

    TEMPORARY = "temporary"  # nothing: the same text may go through later
    RECIPIENT = "recipient"  # the customer's number
    OPTED_OUT = "opted_out"  # the customer's mind: they have to opt in again
    CONTENT = "content"  # the text
    SENDER = "sender"  # our number
    ACCOUNT = "account"  # our account
    PERMISSION = "permission"  # what our account may do with this recipient or text; others are not affected


@dataclass(frozen=True)
class Failure:
    """One of the provider's error codes (0: it gave none): what kind it is, and a sentence for the support agent."""

    code: int
    kind: FailureKind
    sentence: str

    @property
    def temporary(self) -> bool:
        """Whether the same text may go through later, though nobody changes anything."""
        return self.kind is FailureKind.TEMPORARY

    @property
    def opted_out(self) -> bool:
        """Whether the customer has opted out of our texts."""
        return self.kind is FailureKind.OPTED_OUT


class ProviderError(Exception):
    """The provider did not do it. `code` is its error code, 0 without one."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(f"{type(self).__name__} {code}")
        self.code = code


class ProviderRefused(ProviderError):
    """It will not do it until somebody changes what `failure.kind` says."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class NumberNotFound(ProviderRefused):
    """The account does not own that number, or not any more."""


class NumberCannotReceive(ProviderRefused):
    """The number takes no texts, whatever webhook it has."""


class WebhookAddressRefused(ProviderRefused):
    """It does not take the address that our webhooks have."""


class ProviderCredentialsRefused(ProviderError):
    """It refuses every Auth Token of the account. Nothing was done."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class ProviderRateLimited(ProviderError):
    """It has too much of us just now. Nothing was done."""


class ProviderUnreachable(ProviderError):
    """It was not reached, or answered a mere question with an error of its own. Nothing was done."""


class ProviderOutcomeUnknown(ProviderError):
    """The request left and its answer was lost or useless: it may have been done, and may yet be."""
