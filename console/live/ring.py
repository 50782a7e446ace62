"""The newest of what happened, kept once for all browsers: each has only a place in it."""

from collections import deque
from itertools import islice

from console.live.happening import Batch, Happening

# A place: how many events there were before it since the ring was made.
Place = int


class Ring:
    """The last `most` events, and by which tokens one goes on behind them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._happened: deque[Happening] = deque()
        self._begin: Place = 0
        # By event: the place behind it. By token: the place to go on at. Both in the order of places.
        self._behind: dict[str, Place] = {}
        self._by_token: dict[str, Place] = {}
        self.token = ""

    @property
    def end(self) -> Place:
        """The place behind the newest event."""
        return self._begin + len(self._happened)

    def add(self, batch: Batch) -> None:
        """What happened next. What comes again, after an interruption, is not taken twice."""
        for happening in batch.happened:
            if happening.event_id not in self._behind:
                self._happened.append(happening)
                self._behind[happening.event_id] = self.end
        self.token = batch.token
        # A new entry, so that the order is that of places.
        self._by_token.pop(batch.token, None)
        self._by_token[batch.token] = self.end
        self._forget()

    def forget_all(self) -> None:
        """It knows nothing any more: what follows is not what came next."""
        self._begin = self.end + 1
        self._happened.clear()
        self._behind.clear()
        self._by_token.clear()
        self.token = ""

    def place_of_token(self, token: str) -> Place | None:
        """Where to go on with that token; None when that is not known here."""
        return self._by_token.get(token)

    def place_behind(self, event_id: str) -> Place | None:
        """Where to go on behind that event; None when it is not known here."""
        return self._behind.get(event_id)

    def after(self, place: Place, limit: int) -> tuple[Happening, ...] | None:
        """At most `limit` events from `place` on; None when some of those are not known any more."""
        if not self._begin <= place <= self.end:
            return None
        return tuple(islice(self._happened, place - self._begin, place - self._begin + limit))

    def token_at(self, place: Place) -> str:
        """The token to go on with at `place`; empty when there is none for exactly that place."""
        return self.token if place == self.end else ""

    def _forget(self) -> None:
        while len(self._happened) > self._most:
            del self._behind[self._happened.popleft().event_id]
            self._begin += 1
        while len(self._by_token) > self._most or next(iter(self._by_token.values())) < self._begin:
            del self._by_token[next(iter(self._by_token))]
