"""Who takes texts from which of our numbers: a fact about a pair, as Twilio keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ticket_service.domain.audit import Actor

# What is known of a customer since a version that kept one answer for all of our numbers.
EVERY_NUMBER = "*"


class ConsentSource(Enum):
    """How a consent is known. KEYWORD: the customer's own, by the list of words; OPT_OUT_TYPE: Twilio's verdict on a
    text; REFUSED_REPLY: its error 21610; AGENT: somebody noted it; FIRST_TEXT: the basis that a first text was sent on;
    IMPORT: the basis that came with a list."""

    KEYWORD = "KEYWORD"
    OPT_OUT_TYPE = "OPT_OUT_TYPE"
    REFUSED_REPLY = "REFUSED_REPLY"
    AGENT = "AGENT"
    FIRST_TEXT = "FIRST_TEXT"
    IMPORT = "IMPORT"


# What we have been told by others, and no word of the customer's to that number.
_BASES = (ConsentSource.FIRST_TEXT, ConsentSource.IMPORT, ConsentSource.AGENT)


@dataclass(frozen=True)
class Consent:
    """A customer's last word to one of our numbers, or what Twilio says of it. `time` is None where it is not known,
    and `source` where a version before has kept it. `reason` and `by`: a basis in the words of who noted it."""

    our_number: str
    opted_out: bool
    time: datetime | None = None
    source: ConsentSource | None = None
    reason: str = ""
    by: Actor | None = None

    def is_after(self, said: datetime) -> bool:
        """Whether a word said then is out of date: the customer has said another one since."""
        return self.time is not None and said < self.time and self.source not in _BASES


@dataclass(frozen=True)
class NoTexts:
    """An agent noted that the customer wants no texts, from whichever number. `reason` is the agent's own words; `by`
    is None where a version before has kept it."""

    reason: str
    time: datetime
    by: Actor | None = None


@dataclass(frozen=True)
class TakesTexts:
    """An agent noted, or a list said, that the customer wants texts: on which basis, in their own words."""

    reason: str
    time: datetime
    by: Actor
    source: ConsentSource = ConsentSource.AGENT


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
    """The consents after somebody's word to one number. A basis that others have noted never takes the place of the
    customer's own word, or of Twilio's.

    Who opts in ends what an older version kept for every number: it has forgotten to which one the STOP was said, and
    Twilio, which has not, refuses the first reply that is against it. And it ends what Twilio has refused from other
    numbers until then: a START to one number of a Messaging Service frees them all.
    """
    said = consent_to(consents, now_known.our_number)
    if now_known.source in _BASES and said is not None and said.source not in _BASES:
        return consents
    return (*(known for known in consents if not _is_ended(known, now_known)), now_known)


def opted_out_numbers(consents: Consents) -> set[str]:
    """Our numbers from which Twilio lets no text pass, with EVERY_NUMBER among them where that is not known."""
    return {known.our_number for known in consents if known.opted_out}


def _is_ended(known: Consent, word: Consent) -> bool:
    if known.our_number == word.our_number:
        return True
    if word.opted_out:
        return False
    if known.our_number == EVERY_NUMBER:
        return True
    # No basis frees a number: only the customer does, and only from what was refused before that.
    refused = known.source is ConsentSource.REFUSED_REPLY and word.source not in _BASES
    return refused and (word.time is None or not known.is_after(word.time))


def latest(consents: Sequence[Consent]) -> datetime | None:
    """When the newest of them was given, as far as that is known."""
    return max((consent.time for consent in consents if consent.time), default=None)
