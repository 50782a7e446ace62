"""What a draft may not claim: that something was done, what nobody offers, or anything about the AI itself.

A passage that says the same words makes them true."""

from responder_service.claim_phrases import CONDITION, DONE, OFFERS, SELF
from responder_service.plain_text import folded, words

# The languages of the tables and of the stop words.
LANGUAGES = frozenset(["en", "es", "fr", "de"])


def claims_done(text: str, given: str) -> bool:
    """Whether `text` says that something was, is being or will be done: the AI can do nothing but answer."""
    known = " ".join(words(given))
    for match in DONE.finditer(folded(text)):
        if CONDITION.search(match.string[: match.start()]) or " ".join(words(match.group())) in known:
            continue
        return True
    return False


def foreign_offer(text: str, given: str) -> bool:
    """Whether `text` names a kind of offer, such as a discount, that `given` does not."""
    said, known = folded(text), folded(given)
    return any(offer.search(said) and not offer.search(known) for offer in OFFERS)


def speaks_of_itself(text: str, given: str) -> bool:
    """Whether `text` tells of prompts, rules, keys or formats that `given` does not tell of."""
    known = folded(given)
    return any(match.group() not in known for match in SELF.finditer(folded(text)))


def repeats(text: str, instructions: str, given: str, length: int = 5) -> bool:
    """Whether `length` words in a row of `text` stand in the instructions, and not in `given`."""
    told = _runs(instructions, length) - _runs(given, length)
    return not _runs(text, length).isdisjoint(told)


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {found[i : i + length] for i in range(len(found) - length + 1)}
