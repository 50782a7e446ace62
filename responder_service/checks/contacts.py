"""Links, e-mail addresses and phone numbers, in any disguise. A draft may only name those that it was given."""

import re
from collections.abc import Iterator

from responder_service.checks.plain_text import folded, visible
from responder_service.data.reading import Fragments, Table, Words, alternatives, any_word, longest_word, read
from responder_service.language.folding import FoldedWords

# Every repetition is bounded: a text of blanks must not take seconds.
_OPEN, _CLOSE = r"\s{0,3}[\[({<]\s{0,3}", r"\s{0,3}[\])}>]\s{0,3}"


class _Contacts(Table):
    dot: FoldedWords
    spoken_tlds: FoldedWords
    loose_tlds: FoldedWords
    digits: dict[int, Words]
    called: Fragments


_contacts = read("contacts.yaml", _Contacts)
_DOT = any_word(_contacts.dot)
_UNDO = (
    (re.compile(rf"{_OPEN}(?:\.|,|{_DOT}){_CLOSE}", re.IGNORECASE), "."),
    (re.compile(rf"{_OPEN}(?:@|at){_CLOSE}", re.IGNORECASE), "@"),
    (
        re.compile(
            rf"[\s,-]{{1,3}}(?<!\ba\s)(?<!\bthe\s)(?<!\bper\s)(?<!\beach\s)(?<!\bun\s)(?<!\bpor\s)(?<!\bpar\s)(?<!\bpro\s)"
            rf"{_DOT}[\s,-]{{1,3}}(?={any_word(_contacts.spoken_tlds)}\b)",
            re.IGNORECASE,
        ),
        ".",
    ),
    (re.compile(r"(?<=\w)\s{1,3}\.\s{0,3}(?=\w)"), "."),
    # Not "it is $75. At …".
    (
        re.compile(
            rf"(?:(?<=[^\W\d])|(?<=[^\W\d]\d)|(?<=[^\W\d]\d\d))\.\s{{1,3}}(?={any_word(_contacts.loose_tlds)}\b)",
            re.IGNORECASE,
        ),
        ".",
    ),
    (re.compile(r"(?<=[A-Za-z0-9])[。｡・·](?=[A-Za-z])"), "."),
    (re.compile(r"\bhxxp", re.IGNORECASE), "http"),
    (re.compile(r"\s{0,3}:\s{0,3}/\s{0,3}/\s{0,3}"), "://"),
)
_END = r"[^\s<>\"'\])}]*"
_LINKS = re.compile(
    rf"\b[a-z][a-z0-9+.-]{{1,15}}://{_END}"
    rf"|\b(?:mailto|tel|sms|javascript|data|intent|whatsapp):{_END}"
    rf"|(?<![\w@.-])(?:[\w-]{{1,63}}\.)+(?:xn--[\w-]{{1,59}}|[^\W\d_]{{2,24}})(?![\w@])(?::\d+)?(?:[/?#]{_END})?"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
_EMAILS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*|(?<![\w.])@\w[\w.]+")

_DIGIT_WORDS = {word: digit for digit, words in _contacts.digits.items() for word in words}
_DIGIT = rf"(?:\d+|\b{longest_word(_DIGIT_WORDS)}\b)"
_DIGIT_RUN = re.compile(rf"\+?{_DIGIT}(?:[\s().\-/]{{0,3}}{_DIGIT})+|\d{{3,}}")
_SPOKEN_RUN = re.compile(rf"{_DIGIT}(?:[\s,.\-]+{_DIGIT})+")
_PIECE = re.compile(_DIGIT)
_CALLED = re.compile(
    rf"\b{alternatives(_contacts.called)}\b\W+(?:[^\W\d]+\W+){{0,3}}?(\d(?:[\s().\-/]{{0,3}}\d){{2,}})"
)
_VANITY = re.compile(r"\b8\d\d[\s).-]+[A-Z][A-Z-]{4,}\b")
_LEAST_PHONE_DIGITS = 7


def foreign_link(text: str, given: str) -> bool:
    """Whether `text` has a link or a domain that does not stand in `given`."""
    return not set(_links(text)) <= set(_links(given))


def _links(text: str) -> Iterator[str]:
    for match in _LINKS.finditer(_undone(text)):
        yield _canonical(match.group())


def _undone(text: str) -> str:
    """`text` without the usual ways to hide a link."""
    shown = visible(text)
    for pattern, replacement in _UNDO:
        shown = pattern.sub(replacement, shown)
    return shown


def _canonical(link: str) -> str:
    """A link as it is compared: hosts have no case, paths do (RFC 3986, 6.2.2.1)."""
    bare = re.sub(r"^https?://", "", link.rstrip(".,;:!?"), flags=re.IGNORECASE)
    host, slash, path = bare.partition("/")
    return (host.casefold().removeprefix("www.") + slash + path).rstrip("/")


def without_contacts(text: str) -> str:
    """`text` without links and e-mail addresses: their parts do not count as words."""
    return _LINKS.sub(" ", _EMAILS.sub(" ", visible(text)))


def foreign_email(text: str, given: str) -> bool:
    """Whether `text` has an e-mail address or an @name that does not stand in `given`."""
    return not set(_emails(text)) <= set(_emails(given))


def _emails(text: str) -> Iterator[str]:
    return (match.group().rstrip(".").casefold() for match in _EMAILS.finditer(_undone(text)))


def foreign_phone(text: str, given: str) -> bool:
    """Whether `text` has a phone number that does not stand in `given`, or says to call a number that does not."""
    known = set(_digit_runs(given))
    numbers = [run for run in _digit_runs(text) if len(run) >= _LEAST_PHONE_DIGITS]
    called = [re.sub(r"\D", "", run) for run in _CALLED.findall(folded(text))]
    vanity = [match.group() for match in _VANITY.finditer(visible(text))]
    if any(name not in visible(given) for name in vanity):
        return True
    return not all(_is_known(number, known) for number in [*numbers, *called])


def _is_known(number: str, known: set[str]) -> bool:
    """A number may lack the prefix that it was given with, not have another one."""
    if number in known:
        return True
    if len(number) < _LEAST_PHONE_DIGITS:
        return False
    return any(run.endswith(number) for run in known) or (
        len(number) == 11 and number[0] == "1" and number[1:] in known
    )


def _digit_runs(text: str) -> Iterator[str]:
    plain = folded(text)
    for pattern in (_DIGIT_RUN, _SPOKEN_RUN):
        for match in pattern.finditer(plain):
            pieces = _PIECE.findall(match.group())
            if pattern is _DIGIT_RUN or all(len(p) == 1 or p in _DIGIT_WORDS for p in pieces):
                yield "".join(str(_DIGIT_WORDS.get(piece, piece)) for piece in pieces)
