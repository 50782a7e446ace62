"""Whether an answer agrees with what it cites: the words may be the article's, and the sentence still not."""

import re
from collections.abc import Sequence

from responder_service.checks.claims import offers, without_offers
from responder_service.checks.content import NEGATIONS, akin, content, share
from responder_service.checks.figures import days, measures
from responder_service.checks.plain_text import folded, sentences, words
from responder_service.data.reading import AnyOf, Table, any_word, read
from responder_service.language.folding import FoldedWords

# How much of a sentence a clause of an article must have to be what the sentence repeats.
_SAME_SHARE = 0.75
# How much of a sentence with an offer or a figure must stand near where an article names the same one; and how many of
# the article's sentences are near.
_NEAR_SHARE, _WINDOW = 0.75, 3
# How much of a sentence may be words that only the customer used.
_PRESUMED_SHARE = 1 / 3


class _Agreement(Table):
    harmless_denials: AnyOf
    opening_denials: FoldedWords
    closed: FoldedWords
    joints: FoldedWords


_agreement = read("agreement.yaml", _Agreement)
_JOINTS = re.compile(rf"\s*[,;:]\s+| {any_word(_agreement.joints)} ")


def misplaces(text: str, given: Sequence[str], language: str) -> bool:
    """Whether an offer, a price or a term of `text` stands elsewhere in `given`: free here is not free there."""
    windows = [
        (content(window, language), offers(window), measures(window)) for source in given for window in _windows(source)
    ]
    everywhere = measures("\n".join(given))
    for sentence in sentences(text):
        # What only the customer named stands in no article.
        kinds, figures, said = (
            offers(sentence),
            measures(sentence) & everywhere,
            content(without_offers(sentence), language),
        )
        if not (kinds or figures) or not said:
            continue
        near = [held for held, offered, measured in windows if kinds <= offered and figures <= measured]
        if not any(share(said, held) >= _NEAR_SHARE for held in near):
            return True
    return False


def _windows(source: str) -> list[str]:
    """Neighbouring sentences, under the source's title and heading: its first two lines."""
    title, _, rest = source.partition("\n")
    heading, _, body = rest.partition("\n")
    parts = sentences(body)
    return [f"{title}\n{heading}\n{' '.join(parts[i : i + _WINDOW])}" for i in range(max(1, len(parts) - _WINDOW + 1))]


def presumes(text: str, known: str, customer: str, language: str) -> bool:
    """Whether a sentence of `text` says yes to what only the customer speaks of: "yes, we ship to Mexico"."""
    held, asked = content(known, language), content(customer, language)
    for sentence in sentences(text):
        said = content(sentence, language)
        foreign = akin(said - akin(said, held), asked)
        if foreign and not _denies(sentence) and len(foreign) >= _PRESUMED_SHARE * len(said):
            return True
    return False


def contradicts(text: str, given: Sequence[str], language: str) -> bool:
    """Whether a sentence of `text` is one of `given` with a "not" more or less, or opens what is closed."""
    clauses = [(content(clause, language), _denies(clause)) for source in given for clause in _clauses(source)]
    for sentence in _clauses(text):
        said = content(sentence, language)
        same = [no for held, no in clauses if len(said) > 1 and share(said, held) >= _SAME_SHARE]
        if same and _denies(sentence) not in same:
            return True
        if not _denies(sentence) and any(no and len(held) > 1 and share(held, said) == 1 for held, no in clauses):
            return True
    return _opens_what_is_closed(text, given)


def _opens_what_is_closed(text: str, given: Sequence[str]) -> bool:
    """Whether a day is said to be fine that each of the articles' clauses about it denies, or the reverse."""
    known = [(days(clause), _denies(clause)) for source in given for clause in _parts(source)]
    for clause in _parts(text):
        for day in days(clause):
            denials = {no for named, no in known if day in named}
            if denials and _denies(clause) not in denials:
                return True
    return False


def _clauses(text: str) -> list[str]:
    """The parts of sentences, and whole sentences whose parts are of one mind."""
    whole = [sentence for sentence in sentences(text) if len({_denies(part) for part in _parts(sentence)}) == 1]
    return [*dict.fromkeys([*whole, *_parts(text)])]


def _parts(text: str) -> list[str]:
    return [part for sentence in sentences(text) for part in _JOINTS.split(sentence) if part.strip()]


def _denies(text: str) -> bool:
    """Whether something is denied. A "no" that opens an answer denies the question, not what follows."""
    found = [word.replace("'", "") for word in words(_agreement.harmless_denials.sub(" ", folded(text)))]
    opening = (
        1 if found[:1] and found[0] in _agreement.opening_denials and re.match(r"\W*\w+\s*[,.!]", folded(text)) else 0
    )
    return not NEGATIONS.union(_agreement.closed).isdisjoint(found[opening:])
