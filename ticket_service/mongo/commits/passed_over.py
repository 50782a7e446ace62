"""Changes that texts of their thread went before: they go first the next time, so that a customer who texts without a
pause keeps nobody from answering, closing or blocking."""

from collections.abc import Hashable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from servicekit.gathering import Again
from ticket_service.mongo.commits.wishes import TextWish, Wish


class PassedOver:
    """Remembers the wishes that came AGAIN. A commit stores its texts before all else, and decides about a thread once:
    a change would come AGAIN for as long as each commit has a text of its thread."""

    def __init__(self) -> None:
        # By their ids, and no longer than somebody waits for them.
        self._wishes: WeakValueDictionary[int, Wish] = WeakValueDictionary()

    def note(self, wishes: Sequence[Wish], outcomes: Sequence[Any]) -> None:
        """Notes which wishes of the last trip come again."""
        for wish, outcome in zip(wishes, outcomes, strict=True):
            if isinstance(outcome, Again):
                self._wishes[id(wish)] = wish

    def apart(self, wishes: Sequence[Wish], subjects: Sequence[Hashable]) -> list[list[int]]:
        """The places of the wishes that may share a commit: first all but the texts of the threads of those that were
        passed over, then these, if there are any. `subjects` has that of each wish (found.Found.subject)."""
        waiting = {subject for wish, subject in zip(wishes, subjects, strict=True) if self._has(wish)}
        groups: tuple[list[int], list[int]] = ([], [])
        for place, (wish, subject) in enumerate(zip(wishes, subjects, strict=True)):
            groups[isinstance(wish, TextWish) and subject in waiting].append(place)
        return [places for places in groups if places]

    def _has(self, wish: Wish) -> bool:
        return not isinstance(wish, TextWish) and self._wishes.get(id(wish)) is wish
