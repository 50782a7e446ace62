"""What a draft may not claim: that something was done, what is not on offer, or anything about the AI itself.

A passage that says the same words makes them true. The patterns are in data/claims.yaml."""

import re

from responder_service.checks.plain_text import folded, sentences, words
from responder_service.data.reading import AnyOf, Parts, Table, Words, any_word, read


class _Claims(Table):
    parts: Parts
    done: AnyOf
    conditions: Words
    rules: AnyOf
    by_rule: AnyOf
    owns: AnyOf
    somebodys: AnyOf
    gives_back: AnyOf
    offers: dict[str, AnyOf]
    confidential: AnyOf
    itself: AnyOf


_claims = read("claims.yaml", _Claims)
_CONDITION = re.compile(rf"\b{any_word(_claims.conditions)}\b[^.!?\n]{{0,40}}\Z")
_UNTIL = re.compile(r"\s(?:at|for|today|early|now)\b")
# The languages of the tables and of the stop words.
LANGUAGES = frozenset(["en", "es", "fr", "de"])
_FEWEST_SAID_AFTER, _MOST_SAID_AFTER = 4, 8


def claims_done(text: str, given: str) -> bool:
    """Whether `text` says that something was, is being or will be done: the AI can do nothing but answer."""
    known = " ".join(words(given))
    for match in _claims.done.finditer(folded(text)):
        if _CONDITION.search(match.string[: match.start()]) or " ".join(words(match.group())) in known:
            continue
        rest = match.string[match.end() :]
        if match.group().endswith("closed") and _UNTIL.match(rest):
            # "We already closed at 1 pm."
            continue
        if _claims.rules.search(match.group()) and _claims.by_rule.search(rest.split(".")[0]):
            # "Your deposit is refunded within 14 days."
            continue
        if _claims.owns.search(match.group()) and not _claims.somebodys.match(rest):
            # "We have changing rooms."
            continue
        return True
    return False


def speaks_of_itself(text: str, given: str) -> bool:
    """Whether `text` speaks of prompts, rules, keys or formats that `given` does not speak of."""
    known = folded(given)
    return any(match.group() not in known for match in _claims.itself.finditer(folded(text)))


def offers(text: str) -> frozenset[str]:
    """The kinds of offers that `text` names."""
    said = folded(text)
    return frozenset(kind for kind, offer in _claims.offers.items() if offer.search(said))


def asks_for_secrets(text: str, given: str) -> bool:
    """Whether `text` speaks of passwords, card numbers and the like, and `given` does not."""
    known = folded(given)
    return _claims.confidential.search(folded(text)) is not None and not _claims.confidential.search(known)


def gives_back(text: str) -> bool:
    """Whether `text` says that something is given back, as a refund is."""
    return _claims.gives_back.search(folded(text)) is not None


def repeats(text: str, other: str, given: str, length: int = 5) -> bool:
    """Whether `length` words in a row of `text` stand in the `other` text, and not in `given`."""
    private = _runs(other, length) - _runs(given, length)
    return not _runs(text, length).isdisjoint(private)


def says_after(text: str, customer: str, given: str) -> bool:
    """Whether `text` says what the customer wrote word for word, and `given` does not: a whole sentence of some words,
    or a long part of one. Nobody answers so; a model that does has been talked into it."""
    wholes = [found for part in sentences(text) if len(found := words(part)) >= _FEWEST_SAID_AFTER]
    whole = any(said in _runs(customer, len(said)) - _runs(given, len(said)) for said in wholes)
    return whole or repeats(text, customer, given, _MOST_SAID_AFTER)


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {found[i : i + length] for i in range(len(found) - length + 1)}
