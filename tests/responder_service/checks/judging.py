"""Two real articles, and what the checks say of answers that rest on them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from responder_service.checks.plain_text import words
from responder_service.checks.rules import Checks
from responder_service.checks.wording import content
from responder_service.drafting.conversation import Conversation, Draft, Line, Profile, Role, Sentence
from responder_service.drafting.prompt import PRIVATE
from responder_service.knowledge.passage import Passage

RETURNS = Passage(
    "returns/returns",
    "Returns",
    "How to return",
    "You can return unworn boots within 30 days for a full refund to the card that you paid with. Start at "
    "[our returns page](https://alderfinch.example/returns) or call +1 206 555 0100. Refunds take 3-5 business days "
    "once the parcel is back. Sale items cannot be returned.\n\n"
    "Write to help@alderfinch.example with your order number.",
    "en",
)
SHIPPING = Passage(
    "shipping",
    "Shipping",
    "Costs",
    "Standard shipping is free for orders over $75; below that it costs $6.50. Parcels arrive in 3-5 business days. "
    "Express shipping to Canada takes two weeks and costs $1,250.00 for pallets.",
    "en",
)
PROFILE = Profile(business_name="Alder & Finch", business_hours="Mon to Fri 9:00-17:00 Pacific")
# A Thursday.
NOW = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[])")
CHECKS = Checks(2, PRIVATE)


def rule(
    text: str, asked: str = "How do I return my boots?", *passages: Passage, profile: Profile = PROFILE
) -> str | None:
    """The rule that the draft breaks as an answer to `asked`, resting on `passages` or on both articles. Each of its
    sentences quotes that of theirs, or of the profile, which shares most words with it."""
    conversation = Conversation("o", "w", "t", (Line(Role.CUSTOMER, asked),), profile, ask_time=NOW)
    given = passages or (RETURNS, SHIPPING)
    said = tuple(quoting(sentence, given, profile.business_hours) for sentence in SENTENCE_END.split(text))
    return CHECKS.broken_rule(Draft(text, given, sentences=said), conversation)


def quoting(sentence: str, passages: Sequence[Passage], hours: str) -> Sentence:
    """The sentence with the nearest quote."""
    sources: list[tuple[str, Passage | None]] = [(hours, None)] if hours else []
    sources += [(quote, p) for p in passages for text in p.text.split("\n\n") for quote in SENTENCE_END.split(text)]
    said = set(words(sentence))

    def nearness(source: tuple[str, Passage | None]) -> int:
        shared = said.intersection(words(source[0]))
        return len(shared) + 2 * len([word for word in shared if word.isdigit() or word in content(sentence)])

    quote, passage = max(sources, key=nearness)
    return Sentence(sentence, quote, passage)
