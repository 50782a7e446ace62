"""How many streams there may be: each is a connection, and a place in a hub's ring."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from client.failure import Failure, FailureKind

_MOST = 4000
_MOST_OF_SESSION = 20


class Streams:
    """Counts them, by session."""

    def __init__(self, most: int = _MOST, most_of_session: int = _MOST_OF_SESSION) -> None:
        self._most = most
        self._most_of_session = most_of_session
        self._of_session: Counter[str] = Counter()

    @contextmanager
    def counted(self, session_id: str) -> Iterator[None]:
        """One more while it lasts. Raises Failure when there are too many."""
        if self._of_session.total() >= self._most or self._of_session[session_id] >= self._most_of_session:
            advice = "Close some of the console's tabs."
            raise Failure(FailureKind.TRY_AGAIN, "Too many pages are kept up to date already.", advice)
        self._of_session[session_id] += 1
        try:
            yield
        finally:
            self._of_session[session_id] -= 1
            if not self._of_session[session_id]:
                del self._of_session[session_id]
