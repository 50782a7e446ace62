"""The parts of a quote that may each be of another mind, and which of them a sentence is about."""

import re
from collections.abc import Sequence

from responder_service.checks.plain_text import sentences
from responder_service.checks.wording import content, parts, share, subject

# Shares of telling words: what a part of a quote must have of a sentence to be about the same, and that of it.
SAME, PART = 0.66, 0.5
_ELLIPTIC = re.compile(r"(?:(?:and|but|pero|mais|aber|sondern|y|et|und)\s)?(?:not|nicht|no|pas|ni)\b")
# Begins what limits the part before it.
_EXCEPTION = re.compile(
    r"(?:except|unless|only|if|as long as|provided|excepto|salvo|a menos que|si|siempre que|sauf|à moins|à condition|"
    r"außer|es sei denn|ausgenommen|wenn|falls|sofern|nur)\b"
)


def units(text: str) -> list[str]:
    """The parts of a quote; "but not in the cabins" is of what the part before it is about."""
    found: list[str] = []
    for sentence in sentences(text):
        lead = ""
        for part in parts(sentence):
            if found and _EXCEPTION.match(part):
                found[-1] = f"{found[-1]}, {part}"
                continue
            found.append(f"{lead} {part}" if lead and _ELLIPTIC.match(part) else part)
            lead = lead or " ".join(subject(part))
    return found


def near(said: frozenset[str], given: Sequence[str], least: float = 0.0) -> list[str]:
    """The parts of the quote that are about the same, as most of the words are; of their own words `least` must be
    among those."""
    shares = [(share(said, content(unit)), share(content(unit), said), unit) for unit in given]
    close = [(there, here, unit) for there, here, unit in shares if there >= (SAME if here >= least else 1)]
    most = max(((there, here) for there, here, _ in close), default=(0.0, 0.0))
    return [unit for there, here, unit in close if (there, here) == most]
