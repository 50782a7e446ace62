"""Whether an answer rests on what it cites: a real article under an invented answer does not make it true.

Words are compared, not meanings: an answer in the passages' language must be made of their words."""

from collections.abc import Sequence

from responder_service.claims import offers
from responder_service.figures import NAMES, plain_numbers, promises
from responder_service.plain_text import folded, sentences, words
from responder_service.stop_words import STOP_WORDS

# Shares of an answer's words that say something. Of the whole answer: the words that the articles or the profile have,
# and those that they or the customer have. Of one sentence: else a true one would carry an invented one along.
_GIVEN_SHARE, _KNOWN_SHARE, _SENTENCE_SHARE = 0.5, 0.75, 0.34
_SENTENCE_WORDS = 3
# Shorter words are alike in two languages by chance.
_SHARED_LETTERS = 5
# How much of a sentence a clause of an article must have to be what the sentence repeats.
_SAME_SHARE = 0.75
# How much of a sentence with an offer or a price the sentences must have that name the same one.
_SAME_PLACE_SHARE, _WINDOW = 0.7, 3
_SHORTEST_STEM = 4
_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
_NEGATIONS = frozenset(
    words(
        "not no never without cannot cant dont doesnt isnt arent wont didnt wasnt unable neither nor none nobody "
        "except unless nunca sin tampoco ni ninguna ninguno ne pas jamais sans aucun aucune non nicht kein keine "
        "keinen keiner nie ohne niemals"
    )
)


def is_ungrounded(text: str, given: Sequence[str], customer: str, language: str) -> bool:
    """Whether too few of the words of `text` stand in `given`, over all or in one sentence. Each of `given` is one
    article's or the profile's text, in `language`, as is `text`."""
    known = _content("\n".join(given), language)
    asked = _content(customer, language)
    said = _content(text, language)
    supported = _akin(said, known)
    if not supported or len(supported) < _GIVEN_SHARE * len(said):
        return True
    if len(supported | _akin(said, asked)) < _KNOWN_SHARE * len(said):
        return True
    return any(_is_invented(_content(part, language), known) for part in sentences(text))


def _is_invented(said: frozenset[str], known: frozenset[str]) -> bool:
    return len(said) >= _SENTENCE_WORDS and len(_akin(said, known)) < _SENTENCE_SHARE * len(said)


def is_adrift(text: str, given: str) -> bool:
    """Whether a sentence of `text`, which is in another language than `given`, has nothing in common with it: neither a
    figure nor a word that both languages have, such as Canada and Canadá."""
    figures = set(plain_numbers(given))
    known = frozenset(word for word in words(given) if len(word) >= _SHARED_LETTERS)
    for sentence in sentences(text):
        said = frozenset(word for word in words(sentence) if len(word) >= _SHARED_LETTERS)
        if len(words(sentence)) >= _SENTENCE_WORDS and figures.isdisjoint(plain_numbers(sentence)) and not said & known:
            return True
    return False


def misplaces(text: str, given: Sequence[str], language: str) -> bool:
    """Whether an offer or a price of `text` stands elsewhere in `given`: free here is not free there."""
    windows = [
        (_content(window, language), offers(window), promises(window))
        for source in given
        for window in _windows(source)
    ]
    for sentence in sentences(text):
        kinds, prices, said = offers(sentence), promises(sentence), _content(sentence, language)
        if not (kinds or prices) or not said:
            continue
        near = [content for content, offered, priced in windows if kinds <= offered and prices <= priced]
        if not any(len(_akin(said, content)) >= _SAME_PLACE_SHARE * len(said) for content in near):
            return True
    return False


def _windows(source: str) -> list[str]:
    """Neighbouring sentences, under the source's title and heading: its first two lines."""
    title, _, rest = source.partition("\n")
    heading, _, body = rest.partition("\n")
    parts = sentences(body)
    return [f"{title}\n{heading}\n{' '.join(parts[i : i + _WINDOW])}" for i in range(max(1, len(parts) - _WINDOW + 1))]


def contradicts(text: str, given: Sequence[str], language: str) -> bool:
    """Whether a sentence of `text` is one of `given` with a "not" more or less."""
    clauses = [(_content(clause, language), _negations(clause)) for source in given for clause in _clauses(source)]
    for sentence in _clauses(text):
        said = _content(sentence, language)
        same = [no for content, no in clauses if len(said) > 1 and len(_akin(said, content)) >= _SAME_SHARE * len(said)]
        if same and _negations(sentence) not in same:
            return True
    return False


def _clauses(text: str) -> list[str]:
    parts = []
    for sentence in sentences(text):
        parts.append(sentence)
        for joint in (" but ", " pero ", " mais ", " aber "):
            parts.extend(sentence.split(joint) if joint in sentence else [])
    return parts


def _negations(text: str) -> bool:
    """Whether something is denied. A "no" that opens an answer denies the question, not what follows."""
    found = [word.replace("'", "") for word in words(text)]
    opening = 1 if found[:1] in (["no"], ["non"], ["nein"]) and folded(text).lstrip().find(",") in (2, 3, 4) else 0
    return not _NEGATIONS.isdisjoint(found[opening:])


def _content(text: str, language: str) -> frozenset[str]:
    """The words that say something; no figures and days, which have rules of their own."""
    stop_words = STOP_WORDS.get(language, _ANY_STOP_WORD)
    plain = (word.replace("'", "").replace("’", "") for word in words(text))
    return frozenset(
        word for word in plain if word not in stop_words and word not in NAMES and len(word) > 1 and word.isalpha()
    )


def _akin(said: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Those of `said` that `known` has, or has with another ending."""
    beginnings = {word[:n] for word in known for n in range(_SHORTEST_STEM, len(word) + 1)}
    beginnings |= known | {word.removesuffix("s") for word in known}
    return frozenset(word for word in said if word.removesuffix("s") in beginnings or _beginning(word) in beginnings)


def _beginning(word: str) -> str:
    """What words of one family share: all but the last two letters, at least four."""
    return word[: max(_SHORTEST_STEM, len(word) - 2)]
