"""Threads that others write to are committed apart for a while, and then together with the others again."""

from ticket_service.mongo.commits.contested import Contested


class Minutes:
    """A clock that moves when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_by_itself_everything_is_committed_together() -> None:
    assert Contested().apart(["a", "b", "a"]) == [[0, 1, 2]]


def test_what_has_changed_meanwhile_is_committed_apart_thread_by_thread() -> None:
    contested = Contested()

    contested.note({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 1, "c": 3})

    assert contested.apart(["a", "b", "c", "d", "a"]) == [[1, 3], [0, 4], [2]]


def test_what_is_there_for_the_first_time_has_changed() -> None:
    contested = Contested()

    contested.note({"a": None, "b": None}, {"a": "there", "b": None})

    assert contested.apart(["a", "b"]) == [[1], [0]]


def test_after_a_while_it_is_committed_with_the_others_again() -> None:
    clock = Minutes()
    contested = Contested(clock)
    contested.note({"a": 1}, {"a": 2})

    clock.now = 60

    assert contested.apart(["a", "b"]) == [[0, 1]]
