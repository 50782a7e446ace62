"""What a replica keeps of what happened: all of it, up to a bound, for readers at whatever place."""

from datetime import UTC, datetime

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.events.event import Happened
from ticket_service.mongo.events.ring import Ring

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def one(number: int) -> Happened:
    """What happened at the place `number`."""
    entry = AuditEntry("note.added", "msg_1", Actor(ActorKind.AGENT, "dana"), NOW)
    return Happened(AuditRecord(f"aud_{number}", "default", "default", "tkt_1", number, entry), f"{number:04}", NOW)


def ring(*numbers: int, most: int = 10) -> Ring:
    """One that was begun at 0 and has these."""
    made = Ring(most)
    made.begin("0000", NOW)
    for number in numbers:
        made.add([one(number)], f"{number:04}", NOW)
    return made


def read(ring: Ring, place: str, limit: int = 100) -> tuple[list[int], str, bool] | None:
    """The numbers of what happened after `place`, where that ends, and whether there is more."""
    passage = ring.after(place, limit)
    if passage is None:
        return None
    return [h.record.sequence for h in passage.happened], passage.place, passage.more


def test_everything_after_a_place_is_given_in_its_order() -> None:
    assert read(ring(2, 4, 6), "0000") == ([2, 4, 6], "0006", False)
    assert read(ring(2, 4, 6), "0002") == ([4, 6], "0006", False)
    assert read(ring(2, 4, 6), "0003") == ([4, 6], "0006", False)
    assert read(ring(2, 4, 6), "0006") == ([], "0006", False)


def test_a_part_says_where_it_ends_and_that_there_is_more() -> None:
    assert read(ring(2, 4, 6), "0000", 2) == ([2, 4], "0004", True)
    assert read(ring(2, 4, 6), "0004", 1) == ([6], "0006", False)


def test_nothing_happened_is_progress_too() -> None:
    quiet = ring(2)
    quiet.add([], "0009", NOW)

    assert read(quiet, "0002") == ([], "0009", False)


def test_a_reader_from_a_faster_replica_waits_where_it_is() -> None:
    behind = ring(2)

    assert read(behind, "0005") == ([], "0005", False)
    behind.add([one(4), one(6)], "0006", NOW)
    assert read(behind, "0005") == ([6], "0006", False)


def test_it_is_bounded_and_whoever_is_further_behind_is_told() -> None:
    full = ring(*range(1, 1000), most=10)

    assert read(full, "0001") is None
    numbers, place, more = read(full, "0989") or ([], "", True)
    assert (numbers, place, more) == (list(range(990, 1000)), "0999", False)
    known = [number for number in range(1000) if read(full, f"{number:04}") is not None]
    assert 10 <= len(known) <= 21
    assert known == list(range(known[0], 1000))
    assert read(full, f"{known[0]:04}") == (list(range(known[0] + 1, 1000)), "0999", False)


def test_what_was_never_begun_or_has_ended_knows_nothing() -> None:
    ended = ring(2)
    ended.end()

    assert read(Ring(10), "0000") is None
    assert read(ended, "0002") is None
