"""How many streams there may be: each is a connection, and a place in a hub's ring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from client.failure import Failure, FailureKind
from client.words.language import say

_MOST = 4000
_MOST_OF_SESSION = 20


class Streams:
    """Counts them, by session."""

    def __init__(self, most: int = _MOST, most_of_session: int = _MOST_OF_SESSION) -> None:
        self._most = most
        self._most_of_session = most_of_session
        self._total = 0
        self._of_session: dict[str, list[Callable[[], bool]]] = {}

    @contextmanager
    def counted(self, session_id: str, is_open: Callable[[], bool]) -> Iterator[None]:
        """One more while it lasts. Of a session only those count whose browser is still there, by `is_open`: whoever
        goes through pages quickly leaves streams behind that end when they are next written to. Raises Failure when
        there are too many."""
        own = self._of_session.get(session_id, [])
        if self._total >= self._most or sum(each() for each in own) >= self._most_of_session:
            advice = say("Close some of the console's tabs.")
            raise Failure(FailureKind.TRY_AGAIN, say("Too many pages are kept up to date already."), advice)
        own.append(is_open)
        self._of_session[session_id] = own
        self._total += 1
        try:
            yield
        finally:
            self._total -= 1
            own.remove(is_open)
            if not own:
                self._of_session.pop(session_id, None)
