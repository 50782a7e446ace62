"""What `make chaos` would notice: books of small logs in which one thing is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dev.chaos.reconcile import Books, compare
from dev.chaos.stored import Stored
from dev.chaos.unsent import described
from dev.chaos.written import Written
from dev.twilio_simulator.control.records import LoggedMessage
from keva.ticket.v1 import message_pb2, ticket_service_pb2

CUSTOMER, OURS = "+15551230001", "+15557650000"
TICKET = ticket_service_pb2.Ticket(ticket_id="tkt_1", customer_address=CUSTOMER, channel_address=OURS)


def sms(sid: str, body: str, reply: str = "") -> LoggedMessage:
    """An entry of Twilio's log: a customer's text, or the reply with that id."""
    from_, to = (OURS, CUSTOMER) if reply else (CUSTOMER, OURS)
    return LoggedMessage(
        sid=sid,
        account_sid="AC1",
        direction="outbound-api" if reply else "inbound",
        from_=from_,
        to=to,
        body=body,
        status="delivered" if reply else "received",
        error_code=None,
        num_segments=1,
        num_media=0,
        media_urls=(),
        date_created="2026-01-01T00:00:00+00:00",
        date_sent=None,
        status_callback=f"https://sms.keva.example/status?message_id={reply}#rc=5" if reply else "",
        callbacks=(),
        attempts=(),
    )


def text(sid: str, body: str) -> Stored:
    """A stored text."""
    inbound = message_pb2.MESSAGE_DIRECTION_INBOUND
    message = message_pb2.Message(message_id=f"of {sid}", twilio_message_sid=sid, text=body, direction=inbound)
    return Stored(TICKET, message)


def reply(message_id: str, sid: str, body: str = "hi") -> Stored:
    """A stored reply that was delivered."""
    return Stored(
        TICKET,
        message_pb2.Message(
            message_id=message_id,
            twilio_message_sid=sid,
            text=body,
            direction=message_pb2.MESSAGE_DIRECTION_OUTBOUND,
            delivery=message_pb2.Delivery(state=message_pb2.DELIVERY_STATE_DELIVERED),
        ),
    )


LOG = [sms("SM0", "text 0"), sms("SM1", "text 1"), sms("SM2", "hi", "msg_1"), sms("SM3", "hi", "msg_2")]
CONVERSATION = [text("SM0", "text 0"), text("SM1", "text 1"), reply("msg_1", "SM2"), reply("msg_2", "SM3")]


def books(log: list[LoggedMessage], conversation: list[Stored], accepted: tuple[str, ...] = ()) -> Books:
    return compare(log, [conversation], Written(dict.fromkeys(accepted, "hi")))


def test_same_on_both_sides_is_all_promises_kept() -> None:
    found = books(LOG, CONVERSATION, ("msg_1", "msg_2"))

    assert (found.promises_kept, found.quiet, found.out_of_order) == (True, True, 0)
    assert (found.texts, found.stored, found.replies, found.sent_once) == (2, 2, 2, 2)


def test_text_that_is_not_stored_is_lost() -> None:
    found = books(LOG, CONVERSATION[1:])

    assert (found.lost, found.promises_kept, found.quiet) == (["SM0"], False, False)


def test_text_that_is_stored_twice_is_doubled() -> None:
    found = books(LOG, [*CONVERSATION, text("SM1", "text 1")])

    assert (found.doubled, found.promises_kept) == (["SM1"], False)


def test_text_that_twilio_does_not_have_is_noticed() -> None:
    found = books(LOG[1:], CONVERSATION)

    assert (found.unknown_texts, found.promises_kept) == (["SM0"], False)


def test_text_that_was_changed_is_noticed() -> None:
    found = books([sms("SM0", "text 7"), *LOG[1:]], CONVERSATION)

    assert (found.misplaced, found.promises_kept) == (["SM0"], False)


def test_text_on_the_ticket_of_somebody_else_is_noticed() -> None:
    found = books([replace(LOG[0], from_="+15550000009"), *LOG[1:]], CONVERSATION)

    assert (found.misplaced, found.promises_kept) == (["SM0"], False)


def test_texts_in_another_order_are_counted() -> None:
    assert books(LOG, [CONVERSATION[1], CONVERSATION[0], *CONVERSATION[2:]]).out_of_order == 1


def test_reply_that_twilio_does_not_have_is_unsent() -> None:
    found = books(LOG[:3], CONVERSATION)

    assert (found.unsent, found.promises_kept, found.quiet) == (["msg_2"], False, False)


def test_accepted_reply_that_is_nowhere_is_unsent() -> None:
    assert books(LOG, CONVERSATION, ("msg_9",)).unsent == ["msg_9"]


def test_reply_that_was_sent_twice_is_noticed_among_others_with_its_text() -> None:
    found = books([*LOG, sms("SM9", "hi", "msg_1")], CONVERSATION)

    assert (found.sent_twice, found.sent_once, found.promises_kept) == (["msg_1"], 1, False)


def test_sms_of_no_reply_or_with_another_text_is_nobodys() -> None:
    found = books([*LOG[:3], sms("SM3", "ho", "msg_2"), sms("SM8", "hi", "msg_8")], CONVERSATION)

    assert (found.unknown_sms, found.promises_kept) == (["SM3", "SM8"], False)


def test_reply_that_a_later_one_overtook_is_noticed() -> None:
    found = books([*LOG[:2], LOG[3], LOG[2]], CONVERSATION)

    assert (found.overtaken, found.promises_kept) == (["msg_1"], False)


def test_reply_whose_delivery_is_not_known_is_still_to_come() -> None:
    found = books([*LOG[:3], replace(LOG[3], status="sent")], CONVERSATION)

    assert (found.unsettled, found.quiet) == (["msg_2"], False)


def test_reply_that_was_cancelled_is_not_missed_and_must_not_be_sent() -> None:
    cancelled = reply("msg_2", "")
    cancelled.message.delivery.state = message_pb2.DELIVERY_STATE_CANCELLED

    kept = books(LOG[:3], [*CONVERSATION[:3], cancelled], ("msg_2",))
    broken = books(LOG, [*CONVERSATION[:3], cancelled], ("msg_2",))

    assert (kept.cancelled, kept.promises_kept, kept.quiet) == (1, True, True)
    assert (broken.sent_though_cancelled, broken.promises_kept) == (["msg_2"], False)


def test_reply_that_crossed_another_unseen_is_noticed() -> None:
    numbered = [replace(stored, message=message_pb2.Message()) for stored in CONVERSATION]
    for position, (stored, known) in enumerate(zip(numbered, CONVERSATION, strict=True), 1):
        stored.message.CopyFrom(known.message)
        stored.message.position = position

    # Its writer had seen the second text, behind which the other reply stands.
    written = Written({"msg_1": "hi", "msg_2": "hi"}, seen={"msg_1": 2, "msg_2": 2})
    found = compare(LOG, [numbered], written)

    assert (found.crossed, found.promises_kept) == (["msg_2"], False)


def test_reply_that_knew_of_a_planned_one_has_not_crossed_it() -> None:
    numbered = [replace(stored, message=message_pb2.Message()) for stored in CONVERSATION]
    for position, (stored, known) in enumerate(zip(numbered, CONVERSATION, strict=True), 1):
        stored.message.CopyFrom(known.message)
        stored.message.position = position

    # Its writer had seen the second text, behind which the other reply stands.
    written = Written({"msg_1": "hi", "msg_2": "hi"}, seen={"msg_1": 2, "msg_2": 2}, scheduled={"msg_1": 2})
    found = compare(LOG, [numbered], written)

    assert (found.crossed, found.promises_kept) == ([], True)


def test_reply_that_was_planned_is_known_to_be_though_its_writer_got_no_answer() -> None:
    numbered = [replace(stored, message=message_pb2.Message()) for stored in CONVERSATION]
    for position, (stored, known) in enumerate(zip(numbered, CONVERSATION, strict=True), 1):
        stored.message.CopyFrom(known.message)
        stored.message.position = position
    numbered[2].message.seen_position = 2

    found = compare(LOG, [numbered], Written({"msg_2": "hi"}, seen={"msg_2": 2}))

    assert (found.crossed, found.promises_kept) == ([], True)


def test_thread_with_two_tickets_is_noticed() -> None:
    other = ticket_service_pb2.Ticket(ticket_id="tkt_2", customer_address=CUSTOMER, channel_address=OURS)
    conversation = [*CONVERSATION[:3], replace(CONVERSATION[3], ticket=other)]

    assert books(LOG, conversation).split_threads == ["tkt_1", "tkt_2"]


def failed(why: str) -> Stored:
    """A reply that has never left."""
    stored = reply("msg_2", "")
    stored.message.delivery.state = message_pb2.DELIVERY_STATE_FAILED
    stored.message.delivery.error_text = why
    return stored


def test_reply_to_who_stopped_us_is_given_up_as_documented() -> None:
    found = books([*LOG[:3], sms("SM4", "STOP")], [*CONVERSATION[:3], text("SM4", "STOP"), failed("has opted out")])

    assert (found.given_up, found.unsent, found.unsettled) == ({"msg_2": "has opted out"}, [], [])
    assert (found.promises_kept, found.quiet) == (True, True)


def test_reply_that_failed_for_no_reason_or_for_one_that_is_none_is_unsent() -> None:
    nothing_said = books([*LOG[:3], sms("SM4", "STOP")], [*CONVERSATION[:3], text("SM4", "STOP"), failed("")])
    not_stopped = books(LOG[:3], [*CONVERSATION[:3], failed("has opted out")])

    for found in (nothing_said, not_stopped):
        assert (found.unsent, found.given_up, found.promises_kept) == (["msg_2"], {}, False)


def test_reply_that_somebody_was_told_is_cancelled_must_be() -> None:
    written = Written({"msg_2": "hi"}, cancelled={"msg_2"})

    found = compare(LOG[:3], [[*CONVERSATION[:3], failed("")]], written)

    assert (found.not_cancelled, found.unsent, found.promises_kept) == (["msg_2"], [], False)


def test_unsent_reply_is_described_without_its_text() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    message: dict[str, Any] = {
        "create_time": now - timedelta(seconds=183),
        "outbox_due": now + timedelta(seconds=20),
        "outbox_lease": "lse_1",
        "delivery": {"state": "QUEUED", "error_code": 20429, "error_text": "Twilio is busy."},
    }
    records = [{"action": "message.queued"}, {"action": "message.send_postponed"}]

    line = described("msg_2", message, {"attempt_time": now - timedelta(seconds=9), "status": ""}, records, now)

    assert line == (
        "msg_2: QUEUED, stored 183 s ago; outbox_due in 20 s; outbox_lease lse_1; "
        "postponed 1 times, last error 20429 'Twilio is busy.'; sms_service: attempt_time 9 s ago; "
        "audit trail: message.queued, message.send_postponed"
    )


def test_reply_that_ended_is_described_with_why_it_must_not_have() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    message = {"create_time": now, "delivery": {"state": "FAILED", "error_code": 0, "error_text": ""}}

    line = described("msg_2", message, None, [{"action": "message.cancelled"}], now)

    assert line.endswith(
        "sms_service: never asked; audit trail: message.cancelled; it must not have ended: nothing says why"
    )
    assert described("msg_9", None, None, [], now) == "msg_9: not stored, though its writer was told so"
