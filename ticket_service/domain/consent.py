"""Carrier keywords: what Twilio's opt-out handling makes of a text.

Twilio acts on a message that is one keyword alone, in any case, and still passes it on. The lists are those of its
default handling for long codes."""

from enum import Enum

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START = frozenset({"START", "UNSTOP"})
# An answer to a question in everyday life, an opt-in only from somebody who has opted out.
_START_IF_OPTED_OUT = frozenset({"YES"})
_HELP = frozenset({"HELP", "INFO"})


class Keyword(Enum):
    """What a text asks of the carrier."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


def keyword_of(text: str, opt_out_type: Keyword | None, opted_out: bool) -> Keyword | None:
    """The keyword that a text is, or None for an ordinary one.

    `opt_out_type` is Twilio's own verdict (Advanced Opt-Out), which counts when given; `opted_out` is the customer's
    state before this text.
    """
    if opt_out_type is not None:
        return opt_out_type
    word = text.strip().upper()
    if word in _STOP:
        return Keyword.STOP
    if word in _START or (opted_out and word in _START_IF_OPTED_OUT):
        return Keyword.START
    return Keyword.HELP if word in _HELP else None
