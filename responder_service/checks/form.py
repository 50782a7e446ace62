"""What a draft must look like: plain visible text of the length of an SMS or two, without secrets."""

import re
import unicodedata

from responder_service.checks.plain_text import folded, has_invisible, visible
from servicekit.segments import segment_count, segment_count_in_gsm_7

_MARKUP = re.compile(
    r"\*\*|__|`|~~|\*\w[^*\n]*\*"  # emphasis, code
    r"|^\s{0,3}(?:#{1,6}\s|[-*+•]\s|\d+[.)]\s|>|\|)"  # headings, lists, quotes, tables
    r"|\]\s?\(|!\["  # links, pictures
    r"|</?[a-z!][^>\n]*>?|&(?:#?\w{2,8});"  # tags, entities
    r"|[{}]|\\[nu\"]",  # JSON
    re.MULTILINE | re.IGNORECASE,
)
_SECRETS = re.compile(
    r"\b(?:AC|SK|MG|PN|SM|MM|VA)[0-9a-fA-F]{32}\b"  # Twilio's identifiers
    r"|\b(?:sk|pk|rk|ghp|gho|xox[abp]|glpat|AKIA|ASIA|AIza)[-_]?[A-Za-z0-9_-]{12,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}|-----BEGIN"
    r"|\b(?=[0-9a-fA-F-]*\d)[0-9a-fA-F]{12,}\b"
)
_OPAQUE = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_SPELLED_OUT = re.compile(r"(?:\b[^\W\d_][\s.\-_*,]+){4,}[^\W\d_]\b")
_LATIN_LIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_WORD = re.compile(r"[^\W\d_]+")


def is_too_long(text: str, max_segments: int, any_letters: bool) -> bool:
    """Whether `text` takes more SMS segments than `max_segments`; for `any_letters`, than it would in GSM-7, so that a
    model may write as long in Spanish as in English."""
    return (segment_count_in_gsm_7(text) if any_letters else segment_count(text)) > max_segments


def is_hidden(text: str, given: str) -> bool:
    """Whether something in `text` cannot be seen, or is spelled so that a reader sees other letters than a program."""
    spelled_out = (match.group() for match in _SPELLED_OUT.finditer(folded(text)))
    return has_invisible(text) or _mixes_scripts(text) or any(found not in folded(given) for found in spelled_out)


def _mixes_scripts(text: str) -> bool:
    """Homoglyphs: a word with letters of two scripts that look alike (UTS #39, mixed-script confusables)."""
    for word in _WORD.findall(visible(text)):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
        if len(scripts.intersection(_LATIN_LIKE)) > 1:
            return True
    return False


def is_marked_up(text: str) -> bool:
    """Whether `text` has Markdown, HTML or JSON in it: a phone shows all of it as it is."""
    return _MARKUP.search(visible(text)) is not None


def holds_secret(text: str, given: str) -> bool:
    """Whether something in `text` looks like a key, a token or encoded data, and does not stand in `given`."""
    shown, known = visible(text), visible(given)
    if any(match.group() not in known for match in _SECRETS.finditer(shown)):
        return True
    return any(_is_opaque(match.group()) and match.group() not in known for match in _OPAQUE.finditer(shown))


def _is_opaque(token: str) -> bool:
    """Digits or capitals among the small letters of one long word: no language writes so."""
    inner = token[1:]
    kinds = (any(c.islower() for c in token), any(c.isupper() for c in inner), any(c.isdigit() for c in token))
    return sum(kinds) >= 2
