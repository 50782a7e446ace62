"""Carrier keywords: what Twilio's opt-out handling makes of a text.

Twilio acts on a message that is one keyword alone, in any case, and still passes it on. Which words count depends on
our number: those of toll-free numbers are the carriers'
(https://help.twilio.com/articles/360058144374, docs/decisions/0026-consent-belongs-to-a-pair.md)."""

import re
from enum import Enum

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "UNSTOP"})
# An answer to a question in everyday life, an opt-in only from somebody who has opted out.
_START_IF_OPTED_OUT = frozenset({"YES"})
_HELP = frozenset({"HELP", "INFO"})
_TOLL_FREE_STOP = frozenset({"STOP"})
# North America's: those of other countries cannot be texted.
_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)\d{7}")


class Keyword(Enum):
    """What a text asks of the carrier."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


def keyword_of(text: str, opt_out_type: Keyword | None, opted_out: bool, our_number: str) -> Keyword | None:
    """The keyword that a text to `our_number` is, or None for an ordinary one.

    `opt_out_type` is Twilio's own verdict (Advanced Opt-Out), which counts when given; `opted_out`: whether the
    customer had opted out of that number before this text.
    """
    if opt_out_type is not None:
        return opt_out_type
    word = text.strip().upper()
    return _toll_free(word) if _TOLL_FREE.fullmatch(our_number) else _standard(word, opted_out)


def _standard(word: str, opted_out: bool) -> Keyword | None:
    if word in _STOP:
        return Keyword.STOP
    if word in _START or (opted_out and word in _START_IF_OPTED_OUT):
        return Keyword.START
    return Keyword.HELP if word in _HELP else None


def _toll_free(word: str) -> Keyword | None:
    """Nobody answers HELP there, so that it is an ordinary text."""
    if word in _TOLL_FREE_STOP:
        return Keyword.STOP
    return Keyword.START if word in _START else None
