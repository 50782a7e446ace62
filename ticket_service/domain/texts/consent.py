"""Who takes texts from which of our numbers: a fact about a pair, as Twilio keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# What is known of a customer since a version that kept one answer for all of our numbers.
EVERY_NUMBER = "*"


@dataclass(frozen=True)
class Consent:
    """A customer's last word to one of our numbers, or what Twilio says of it. `time` is None where it is not known."""

    our_number: str
    opted_out: bool
    time: datetime | None = None


@dataclass(frozen=True)
class NoTexts:
    """An agent noted that the customer wants no texts, from whichever number. `reason` is the agent's own words."""

    reason: str
    time: datetime


Consents = tuple[Consent, ...]


def consent_to(consents: Consents, our_number: str) -> Consent | None:
    """What is known of that pair; None when the customer has never said anything."""
    known = {consent.our_number: consent for consent in consents}
    return known.get(our_number) or known.get(EVERY_NUMBER)


def is_opted_out(consents: Consents, our_number: str) -> bool:
    """Whether Twilio lets no text of ours pass from that number."""
    known = consent_to(consents, our_number)
    return known is not None and known.opted_out


def with_consent(consents: Consents, now_known: Consent) -> Consents:
    """The consents after somebody's word to one number.

    Who opts in ends what an older version kept for every number: it has forgotten to which one the STOP was said, and
    Twilio, which has not, refuses the first reply that is against it.
    """
    gone = {now_known.our_number} if now_known.opted_out else {now_known.our_number, EVERY_NUMBER}
    return (*(known for known in consents if known.our_number not in gone), now_known)


def latest(consents: Sequence[Consent]) -> datetime | None:
    """When the newest of them was given, as far as that is known."""
    return max((consent.time for consent in consents if consent.time), default=None)
