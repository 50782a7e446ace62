"""Twilio's default opt-out handling: who may not be texted from which of our numbers.

Rule: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out (default keywords) and, for toll-free
numbers, whose list is the carriers', https://www.twilio.com/docs/api/errors/23002.
"""

from collections.abc import Iterable

STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "CANCEL", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
TOLL_FREE_STOP = frozenset({"STOP"})
TOLL_FREE_START = frozenset({"START", "UNSTOP"})
TOLL_FREE_PREFIXES = tuple(f"+1{code}" for code in (800, 833, 844, 855, 866, 877, 888))


class OptOuts:
    """Twilio's block list, by (our number, theirs). Numbers of one messaging service share theirs."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()

    def hear(self, ours: str, theirs: str, body: str, sharing: Iterable[str] = ()) -> None:
        """Change the list if the whole text is a keyword, in any case; for the numbers `sharing` it, too."""
        toll_free = ours.startswith(TOLL_FREE_PREFIXES)
        word = body.strip().upper()
        pairs = {(number, theirs) for number in (ours, *sharing)}
        if word in (TOLL_FREE_STOP if toll_free else STOP):
            self._blocked |= pairs
        elif word in (TOLL_FREE_START if toll_free else START):
            self._blocked -= pairs

    def blocks(self, ours: str, theirs: str) -> bool:
        return (ours, theirs) in self._blocked

    def clear(self) -> None:
        self._blocked.clear()
