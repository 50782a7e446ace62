"""What `keva doctor` finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from client.words.language import say

# As many as are worth naming in a sentence.
LISTED = 5


class Condition(Enum):
    """How something is. A NOTE is worth knowing, and nothing is broken."""

    OK = "OK"
    NOTE = "NOTE"
    WRONG = "WRONG"
    NO_ANSWER = "NO ANSWER"

    @property
    def is_problem(self) -> bool:
        """Whether somebody has to do something."""
        return self in (Condition.WRONG, Condition.NO_ANSWER)


@dataclass(frozen=True)
class Finding:
    """How one thing is, in words, and what to do about it; `facts` are the same for scripts."""

    subject: str
    condition: Condition
    words: str
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def some(items: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    first = ", ".join(items[:LISTED])
    more = len(items) - LISTED
    return say("%(first)s and %(more)s more", first=first, more=more) if more > 0 else first
