"""How a conversation is laid out, from messages and audit records alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from console.pages.media.media import media_path
from console.pages.ticket.thread.conversation import Reader, conversation, last_seen_id
from console.pages.ticket.thread.happenings import Known
from console.pages.ticket.thread.items import Bubble, Day, Happenings, Item, Unseen
from console.pages.ticket.thread.reading import Window
from keva.ticket.v1 import actor_pb2, audit_service_pb2, message_pb2

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
KNOWN = Known({"agt_dana": "Dana", "agt_lee": "Lee"}, "agt_dana")
READER = Reader(KNOWN, UTC, NOON, media_path)


def said(minutes: float, direction: str, author: str = "", position: int = 0, **fields: object) -> message_pb2.Message:
    """A message so many minutes before noon; its author is an agent unless it is the customer's."""
    kind = actor_pb2.ACTOR_KIND_AGENT if author.startswith("agt_") else actor_pb2.ACTOR_KIND_CUSTOMER
    message = message_pb2.Message(
        message_id=f"msg_{position}",
        direction=message_pb2.MessageDirection.Value(f"MESSAGE_DIRECTION_{direction}"),
        author=actor_pb2.Actor(kind=kind, id=author),
        position=position,
        seen_position=position,
        **fields,  # type: ignore[arg-type]
    )
    message.message_time.FromDatetime(NOON - timedelta(minutes=minutes))
    return message


def done(minutes: float, action: str, actor: str = "agt_lee", **details: str) -> audit_service_pb2.AuditRecord:
    """A record so many minutes before noon."""
    agent = actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_AGENT, id=actor)
    record = audit_service_pb2.AuditRecord(action=action, actor=agent, details=details)
    record.record_time.FromDatetime(NOON - timedelta(minutes=minutes))
    return record


def kinds(items: list[Item]) -> list[str]:
    return [item.kind for item in items]


def test_a_run_names_its_writer_once() -> None:
    window = Window(
        [
            said(9, "INBOUND", position=1),
            said(8, "OUTBOUND", "agt_dana", 2),
            said(7, "OUTBOUND", "agt_dana", 3),
            said(6, "OUTBOUND", "agt_lee", 4),
            said(5, "NOTE", "agt_lee", 4),
        ],
        [],
        [],
    )

    bubbles = [item for item in conversation(window, READER) if isinstance(item, Bubble)]

    assert [bubble.author for bubble in bubbles] == ["", "You", "", "Lee", "Lee"]
    assert [bubble.side for bubble in bubbles] == ["theirs", "ours", "ours", "ours", "note"]


def test_days_are_the_readers_own() -> None:
    # In Auckland midnight is at 11 in the morning.
    window = Window([said(90, "INBOUND", position=1), said(30, "INBOUND", position=2)], [], [])

    here = conversation(window, READER)
    there = conversation(window, Reader(KNOWN, ZoneInfo("Pacific/Auckland"), NOON, media_path))

    assert [item.words for item in here if isinstance(item, Day)] == ["Today"]
    assert [item.words for item in there if isinstance(item, Day)] == ["Yesterday", "Today"]


def test_what_happened_stands_between_and_much_of_it_folds() -> None:
    much = [done(7 - index / 100, "ticket.resolved") for index in range(10)]
    window = Window([said(9, "INBOUND", position=1)], [], [done(8, "ticket.assigned", to="agent:agt_lee"), *much[:2]])
    long = Window([said(9, "INBOUND", position=1)], [], much)

    (happened,) = [item for item in conversation(window, READER) if isinstance(item, Happenings)]
    (folded,) = [item for item in conversation(long, READER) if isinstance(item, Happenings)]

    assert [one.words for one in happened.all] == ["Lee took it", "Lee resolved it", "Lee resolved it"]
    assert (happened.is_folded, folded.is_folded) == (False, True)


def test_what_is_new_to_the_reader_is_marked() -> None:
    texts = [said(9, "INBOUND", position=1), said(8, "INBOUND", position=2), said(7, "INBOUND", position=3)]

    items = conversation(Window(texts, [], []), Reader(KNOWN, UTC, NOON, media_path, read_message_id="msg_1"))

    assert kinds(items) == ["day", "bubble", "unseen", "bubble", "bubble"]
    assert not any(isinstance(item, Unseen) for item in conversation(Window(texts, [], []), READER))


def test_a_reply_names_the_highest_text_that_is_shown_and_no_note() -> None:
    recovered = said(20, "INBOUND", position=3)
    note = said(1, "NOTE", "agt_lee", 9)

    assert last_seen_id([recovered, said(9, "OUTBOUND", "agt_dana", 2), note]) == "msg_3"
    assert last_seen_id([note]) == ""


def test_who_did_what_is_said_in_words() -> None:
    records = [
        done(9, "ticket.assigned", "agt_dana", to="agent:agt_dana", **{"from": "ai"}),
        done(8, "ticket.assigned", "agt_dana", to="ai", **{"from": "agent:agt_dana"}),
        done(7, "ticket.assigned", to="agent:agt_dana", **{"from": "nobody"}),
        done(6, "ticket.updated", priority="URGENT"),
        done(5, "ticket.updated", tags="changed", subject="changed"),
        done(4, "ticket.snoozed", until="next_text"),
        done(3, "ticket.unsnoozed", why="settled"),
        done(2, "ai.handed_off", reason="UPSET", detail="shouts"),
        done(1, "message.delivery_changed"),
    ]
    # Its part of the hand-off, which is said already.
    left = done(2, "ticket.assigned", to="nobody", **{"from": "ai"})
    left.actor.kind = actor_pb2.ACTOR_KIND_AI
    records.append(left)

    (happened,) = [item for item in conversation(Window([], [], records), READER) if isinstance(item, Happenings)]

    assert [one.words for one in happened.all] == [
        "You took it over from the AI",
        "You handed it to the AI",
        "Lee handed it to you",
        "Lee set the priority to urgent",
        "Lee changed the subject and tags",
        "Lee snoozed it until the next text",
        "The AI left it to a person: upset (shouts)",
    ]
