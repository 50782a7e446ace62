"""Which threads others write to at the same time: for a while they get commits of their own, so that a commit of many
is not begun again for the sake of one."""

import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

# Long enough to get past those who fight for it, short enough that quiet threads share commits again.
_SECONDS = 1.0


class Contested:
    """Remembers subjects (found.Found.subject) that somebody else was faster with. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[Hashable, float] = {}

    def note(self, before: Mapping[Hashable, object], after: Mapping[Hashable, object]) -> None:
        """Notes the subjects whose version (found.Found.version) is another one than before."""
        until = self._clock() + _SECONDS
        self._until |= {subject: until for subject in before if before[subject] != after.get(subject)}

    def apart(self, subjects: Sequence[Hashable]) -> list[list[int]]:
        """The places of the wishes that may share a commit: all that are not contested, if there are any, and then
        those of each contested subject. `subjects` has that of each wish."""
        self._forget()
        groups: dict[Hashable, list[int]] = {None: []}
        for place, subject in enumerate(subjects):
            groups.setdefault(subject if subject in self._until else None, []).append(place)
        return [places for places in groups.values() if places]

    def _forget(self) -> None:
        now = self._clock()
        over: Iterable[Hashable] = [subject for subject, until in self._until.items() if until <= now]
        for subject in over:
            del self._until[subject]
