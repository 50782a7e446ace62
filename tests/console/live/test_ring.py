"""What a hub keeps, and where browsers are in it."""

from console.live.happening import Batch, Happening
from console.live.ring import Ring


def happening(number: int) -> Happening:
    return Happening(f"aud_{number}", "message.received", "default", "tkt_1", 1, "msg_1", "customer:cus_1", number)


def batch(*numbers: int, token: str = "") -> Batch:
    return Batch(tuple(map(happening, numbers)), token or f"after {numbers[-1]}")


def numbers(found: tuple[Happening, ...] | None) -> list[int] | None:
    return None if found is None else [one.sequence for one in found]


def test_a_browser_reads_on_from_its_token() -> None:
    ring = Ring(10)
    ring.add(batch(1, 2))
    ring.add(batch(3))

    place = ring.place_of_token("after 2")

    assert place is not None
    assert numbers(ring.after(place, 10)) == [3]
    assert (ring.place_of_token("never given"), ring.token) == (None, "after 3")


def test_a_heartbeats_token_is_a_place_too() -> None:
    ring = Ring(10)
    ring.add(batch(1))
    ring.add(Batch((), "quiet"))
    ring.add(batch(2))

    place = ring.place_of_token("quiet")

    assert place is not None
    assert numbers(ring.after(place, 10)) == [2]


def test_a_token_that_comes_again_is_where_it_came_last() -> None:
    ring = Ring(10)
    ring.add(Batch((), "quiet"))
    ring.add(Batch((), "quiet"))
    ring.add(batch(1))

    assert ring.place_of_token("quiet") == 0


def test_who_reads_itself_goes_on_behind_an_event_that_the_ring_has() -> None:
    ring = Ring(10)
    ring.add(batch(1, 2, 3))

    place = ring.place_behind("aud_2")

    assert place is not None
    assert numbers(ring.after(place, 10)) == [3]
    assert ring.place_behind("aud_9") is None


def test_what_comes_again_is_kept_once() -> None:
    ring = Ring(10)
    ring.add(batch(1, 2))
    ring.add(batch(2, 3))

    assert numbers(ring.after(0, 10)) == [1, 2, 3]


def test_who_is_too_far_behind_is_told() -> None:
    ring = Ring(3)
    ring.add(batch(1))
    place = ring.place_of_token("after 1")
    for number in range(2, 7):
        ring.add(batch(number))

    assert place is not None
    assert ring.after(place, 10) is None
    assert numbers(ring.after(ring.end - 3, 10)) == [4, 5, 6]
    assert (ring.place_of_token("after 1"), ring.place_behind("aud_1")) == (None, None)


def test_a_browser_that_reads_a_part_has_no_token_for_it() -> None:
    ring = Ring(10)
    ring.add(batch(1, 2, 3))

    assert numbers(ring.after(0, 2)) == [1, 2]
    assert (ring.token_at(2), ring.token_at(3)) == ("", "after 3")


def test_who_stood_in_a_ring_that_was_emptied_stands_nowhere() -> None:
    ring = Ring(10)
    ring.add(batch(1))
    place = ring.end
    ring.forget_all()
    ring.add(batch(7))

    assert ring.after(place, 10) is None
    assert ring.place_of_token("after 1") is None
    assert numbers(ring.after(ring.end - 1, 10)) == [7]


def test_the_ring_does_not_grow() -> None:
    ring = Ring(50)
    for number in range(1, 2000):
        ring.add(batch(number))
        ring.add(Batch((), f"quiet {number}"))

    kept = vars(ring)
    assert [len(kept[name]) <= 50 for name in ("_happened", "_behind", "_by_token")] == [True] * 3
