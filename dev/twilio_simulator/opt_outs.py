"""Twilio's default opt-out handling: who may not be texted from which of our numbers.

Rule: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out (default keywords) and, for toll-free
numbers, whose list is the carriers', https://www.twilio.com/docs/api/errors/23002.
"""

STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "CANCEL", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
TOLL_FREE_STOP = frozenset({"STOP"})
TOLL_FREE_START = frozenset({"START", "UNSTOP"})
TOLL_FREE_PREFIXES = tuple(f"+1{code}" for code in (800, 833, 844, 855, 866, 877, 888))


class OptOuts:
    """Twilio's block list, by (our number, theirs)."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()

    def hear(self, ours: str, theirs: str, body: str) -> None:
        """Change the list if the whole text is a keyword, in any case."""
        toll_free = ours.startswith(TOLL_FREE_PREFIXES)
        word = body.strip().upper()
        if word in (TOLL_FREE_STOP if toll_free else STOP):
            self._blocked.add((ours, theirs))
        elif word in (TOLL_FREE_START if toll_free else START):
            self._blocked.discard((ours, theirs))

    def blocks(self, ours: str, theirs: str) -> bool:
        return (ours, theirs) in self._blocked

    def clear(self) -> None:
        self._blocked.clear()
