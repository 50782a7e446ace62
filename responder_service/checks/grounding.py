"""Whether an answer is made of what it cites: a real article under an invented answer does not make it true."""

from collections.abc import Sequence

from responder_service.checks.contacts import names_contact
from responder_service.checks.content import akin, content, share
from responder_service.checks.figures import days, measures, plain_numbers
from responder_service.checks.plain_text import sentences, words

# Shares of an answer's telling words. Of the whole answer: the words that the articles or the profile have, and those
# that they or the customer have. Of one sentence: else a true one would carry an invented one along.
_GIVEN_SHARE, _KNOWN_SHARE, _SENTENCE_SHARE = 0.5, 0.6, 0.34
_SENTENCE_WORDS = 3
# Shorter words are alike in two languages by chance.
_SHARED_LETTERS = 5


def is_ungrounded(text: str, given: Sequence[str], customer: str, language: str) -> bool:
    """Whether too few of the words of `text` stand in `given`, over all or in one sentence. Each of `given` is one
    article's or the profile's text, in `language`, as is `text`."""
    said, known = content(text, language), content("\n".join(given), language)
    if not said:
        # "Yes!" says nothing; prices, terms and contacts say something, and have been checked by their own rules.
        return not measures(text) and not days(text) and not names_contact(text)
    if share(said, known) < _GIVEN_SHARE:
        return True
    if len(akin(said, known) | akin(said, content(customer, language))) < _KNOWN_SHARE * len(said):
        return True
    return any(_is_invented(part, known, language) for part in sentences(text))


def _is_invented(sentence: str, known: frozenset[str], language: str) -> bool:
    said = content(sentence, language)
    least = _SENTENCE_SHARE if len(said) >= _SENTENCE_WORDS else 0
    return bool(said) and share(said, known) <= least


def is_adrift(text: str, given: str) -> bool:
    """Whether a sentence of `text`, which is in another language than `given`, has nothing in common with it: no
    figure, no day, and no word that both languages have, such as Canada and Canadá."""
    known = _anchors(given)
    for sentence in sentences(text):
        if known.isdisjoint(_anchors(sentence)) and len(words(sentence)) >= _SENTENCE_WORDS:
            return True
    return False


def _anchors(text: str) -> set[str]:
    """What reads the same in two languages: figures, days, and long words."""
    return {*plain_numbers(text), *days(text), *(word for word in words(text) if len(word) >= _SHARED_LETTERS)}
