"""What audit records count for: on which day, for which channel and for whom."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from typing import Any

import pytest

from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.reports.calendar import Calendar
from ticket_service.domain.reports.counting import Counted, Uncounted, count
from ticket_service.domain.reports.durations import bucket_of
from ticket_service.domain.reports.figures import DayKey, Dimension, Figures, together
from ticket_service.domain.reports.ticket_row import TicketRow
from ticket_service.domain.work.business_hours import BusinessHours, Span

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CUSTOMER = Actor(ActorKind.CUSTOMER, "cus_1")
DANA = Actor(ActorKind.AGENT, "dana")
THE_AI = Actor(ActorKind.AI, "responder")
TWILIO = Actor(ActorKind.TWILIO, "AC1")
SERVICE = Actor(ActorKind.SERVICE, "auto_close")
# Saturdays from ten to six: NOON is at four in the morning there.
_LOS_ANGELES = Calendar(BusinessHours("America/Los_Angeles", (Span(5, 10 * 60, 18 * 60),)))
ROW = TicketRow("tkt_1", "default", "default", "chn_1", NOON, NOON)


def in_utc(_: str) -> Calendar:
    """A workspace that has no hours."""
    return Calendar()


def _records(*entries: tuple[int, str, Actor, dict[str, str]], ticket_id: str = "tkt_1") -> list[AuditRecord]:
    """Minutes after noon, action, actor, details; a message's id may stand in the details as `of`."""
    places = numbers(1)
    return [
        AuditRecord(f"aud_{place}", "default", "default", ticket_id, place, _entry(*entry))
        for place, entry in zip(places, entries, strict=False)
    ]


def _entry(minutes: int, action: str, actor: Actor, details: dict[str, str]) -> AuditEntry:
    return AuditEntry(action, details.get("of", "x"), actor, NOON + timedelta(minutes=minutes), details)


def _count(*entries: Any, row: TicketRow = ROW, **more: Any) -> Counted:
    return count(Uncounted([(row, _records(*entries))], **more), in_utc)


def _figures(counted: Counted, dimension: Dimension = Dimension.CHANNEL, key: str = "chn_1") -> Figures:
    return together(f for k, f in counted.days.items() if (k.dimension, k.key) == (dimension, key))


CREATED = (0, "ticket.created", CUSTOMER, {"channel_id": "chn_1"})
TEXTED = (0, "message.received", CUSTOMER, {"channel_id": "chn_1"})
REPLIED = (30, "message.queued", DANA, {"segments": "1"})


def test_thanks_for_what_is_resolved_resolve_nothing_more() -> None:
    resolved: tuple[int, str, Actor, dict[str, str]] = (60, "ticket.resolved", DANA, {})
    reopened = (70, "ticket.reopened", CUSTOMER, {"from": "RESOLVED", "to": "OPEN"})
    again = (71, "ticket.resolved", THE_AI, {"from": "OPEN", "to": "RESOLVED", "why": "small_talk"})

    counted = _count(CREATED, TEXTED, REPLIED, resolved, reopened, again)

    channel = _figures(counted)
    assert (channel.counts["tickets_resolved"], channel.counts["tickets_reopened"]) == (1, 1)
    assert channel.resolutions == {bucket_of(timedelta(minutes=60)): 1}
    (row,) = counted.rows
    assert (row.resolve_time, row.resolved_by) == (NOON + timedelta(minutes=60), DANA)
    assert (row.resolution, row.reopened) == (timedelta(minutes=60), 1)


def test_thanks_bring_back_the_last_resolution_alone() -> None:
    reopened = (70, "ticket.reopened", CUSTOMER, {"from": "RESOLVED", "to": "OPEN"})
    resolved = [CREATED, (60, "ticket.resolved", DANA, {}), reopened]
    thanked = [(85, *reopened[1:]), (90, "ticket.resolved", THE_AI, {"why": "small_talk"})]

    (row,) = _count(*resolved, (80, "ticket.resolved", THE_AI, {}), *thanked).rows
    (again,) = _count(*resolved).rows

    assert (row.resolve_time, row.resolved_by) == (NOON + timedelta(minutes=80), THE_AI)
    assert row.resolution == timedelta(minutes=10)
    assert (again.resolve_time, again.resolved_by, again.resolution) == (None, None, None)


def _found(minutes: int, sent: str) -> tuple[int, str, Actor, dict[str, str]]:
    """A text that was found later in Twilio's log."""
    return minutes, "message.received", CUSTOMER, {"channel_id": "chn_1", "recovered": "true", "sent_time": sent}


@pytest.mark.parametrize(
    ("texts", "minutes"),
    [
        pytest.param((_found(10, "2026-01-31T11:00:00+00:00"),), 90, id="since it was sent"),
        pytest.param((TEXTED, _found(10, "2026-01-31T11:45:00.500000+00:00")), 45, id="behind a later text"),
        pytest.param((TEXTED, _found(10, "2026-01-31T12:09:00+00:00")), 30, id="after the first text"),
        pytest.param((_found(10, "2026-01-31T12:15:00+00:00"),), 20, id="by a clock that is fast"),
        pytest.param((_found(10, "yesterday"),), 20, id="no time"),
        pytest.param((_found(10, ""),), 20, id="of an earlier version"),
    ],
)
def test_a_text_that_was_found_later_has_waited_since_it_was_sent(texts: Sequence[Any], minutes: int) -> None:
    counted = _count(CREATED, *texts, REPLIED)

    first_answer = counted.rows[0].first_answer
    assert first_answer is not None
    assert round(first_answer.total_seconds() / 60) == minutes
    assert _figures(counted).counts["texts_in"] == len(texts)


def test_a_text_that_is_found_after_the_answer_changes_no_figure() -> None:
    counted = _count(CREATED, TEXTED, REPLIED, _found(40, "2026-01-31T11:00:00+00:00"))

    assert counted.rows[0].first_answer == timedelta(minutes=30)
    assert counted.rows[0].waiting_since is None


def test_a_conversation_is_counted_for_its_channel_and_for_whoever_answered() -> None:
    counted = _count(CREATED, TEXTED, REPLIED, (60, "ticket.resolved", DANA, {}), (70, "ticket.closed", SERVICE, {}))

    channel, dana = _figures(counted), _figures(counted, Dimension.AGENT, "agent:dana")
    once = dict.fromkeys(("texts_in", "texts_out", "tickets_created", "tickets_resolved", "tickets_closed"), 1)
    assert channel.counts == once
    assert dana.counts == {"texts_out": 1, "tickets_resolved": 1}
    for figures in (channel, dana):
        assert figures.first_answers == {bucket_of(timedelta(minutes=30)): 1}
        assert figures.resolutions == {bucket_of(timedelta(minutes=60)): 1}
    (row,) = counted.rows
    assert (row.sequence, row.first_answer, row.first_answer_by) == (5, timedelta(minutes=30), DANA)
    assert (row.resolution, row.resolved_by, row.texts_in, row.texts_out) == (timedelta(minutes=60), DANA, 1, 1)
    assert row.close_time == NOON + timedelta(minutes=70)
    assert set(counted.days) == {
        DayKey("default", "2026-01-31", Dimension.CHANNEL, "chn_1"),
        DayKey("default", "2026-01-31", Dimension.AGENT, "agent:dana"),
    }


def test_records_in_pieces_count_as_in_one() -> None:
    again = (90, "ticket.reopened", CUSTOMER, {"from": "RESOLVED"})
    entries = [CREATED, TEXTED, REPLIED, (60, "ticket.resolved", DANA, {}), again]
    records = _records(*entries)
    row, days = ROW, list[Figures]()
    for record in records:
        counted = count(Uncounted([(row, [record])]), in_utc)
        (row,) = counted.rows
        days += counted.days.values()

    whole = _count(*entries)
    assert (row,) == tuple(whole.rows)
    assert together(days) == together(whole.days.values())


@pytest.mark.parametrize(
    ("entries", "answer"),
    [
        pytest.param([(5, "message.queued", THE_AI, {})], None, id="a notice is not an answer"),
        pytest.param([(5, "ai.answered", THE_AI, {}), REPLIED], timedelta(minutes=5), id="the AI's"),
        pytest.param([REPLIED, (40, "message.queued", DANA, {})], timedelta(minutes=30), id="the first counts"),
        pytest.param([(5, "note.added", DANA, {}), REPLIED], timedelta(minutes=30), id="a note is none"),
        pytest.param([(5, "message.queued", SERVICE, {}), REPLIED], timedelta(minutes=30), id="what a service sends"),
        pytest.param([(-5, "message.queued", DANA, {})], timedelta(0), id="before the text by another clock"),
    ],
)
def test_first_answer(entries: Sequence[Any], answer: timedelta | None) -> None:
    counted = _count(CREATED, TEXTED, *entries)

    assert counted.rows[0].first_answer == answer
    assert _figures(counted).first_answers == ({bucket_of(answer): 1} if answer is not None else {})


@pytest.mark.parametrize("details", [{"keyword": "START"}, {"reaction": "true"}])
def test_what_waits_for_no_answer_begins_no_waiting(details: dict[str, str]) -> None:
    counted = _count(
        CREATED, (0, "message.received", CUSTOMER, details), REPLIED, (40, *TEXTED[1:]), (50, *REPLIED[1:])
    )

    assert counted.rows[0].first_answer == timedelta(minutes=10)
    assert _figures(counted).counts["texts_in"] == 2


def test_a_first_text_of_ours_is_no_answer_but_what_follows_the_customers_is() -> None:
    ours: list[Any] = [(0, "ticket.created", DANA, {}), (0, "message.queued", DANA, {})]
    counted = _count(*ours, (10, *TEXTED[1:]), (25, *REPLIED[1:]))

    assert counted.rows[0].first_answer == timedelta(minutes=15)
    assert _figures(counted, Dimension.AGENT, "agent:dana").counts["tickets_created"] == 1


def test_a_resolution_is_counted_from_when_the_ticket_was_last_reopened() -> None:
    counted = _count(
        CREATED, (60, "ticket.resolved", DANA, {}), (100, "ticket.reopened", CUSTOMER, {"from": "RESOLVED"}),
        (110, "ticket.reopened", DANA, {"from": "PENDING"}), (120, "ticket.resolved", DANA, {}),
    )  # fmt: skip

    figures = _figures(counted)
    assert figures.resolutions == {bucket_of(timedelta(minutes=60)): 1, bucket_of(timedelta(minutes=20)): 1}
    assert (figures.counts["tickets_resolved"], figures.counts["tickets_reopened"]) == (2, 1)
    assert (counted.rows[0].resolution, counted.rows[0].reopened) == (timedelta(minutes=20), 1)


def test_hand_offs_count_by_reason_for_the_ai() -> None:
    counted = _count(CREATED, TEXTED, (1, "ai.handed_off", THE_AI, {"reason": "UPSET"}))

    assert _figures(counted).hand_offs == {"UPSET": 1}
    assert _figures(counted, Dimension.AGENT, "ai:responder").hand_offs == {"UPSET": 1}
    assert (counted.rows[0].hand_offs, counted.rows[0].hand_off_reason) == (1, "UPSET")


def test_failures_count_by_code_for_who_wrote_it() -> None:
    failed = {"of": "msg_1", "from": "SENT", "to": "FAILED", "error_code": "30003"}
    counted = _count(CREATED, REPLIED, (40, "message.delivery_changed", TWILIO, failed), authors={"msg_1": DANA})

    assert _figures(counted).failures == {30003: 1}
    assert _figures(counted, Dimension.AGENT, "agent:dana").failures == {30003: 1}
    assert counted.rows[0].failures == 1


def test_an_error_code_that_comes_late_counts_for_the_day_of_the_failure() -> None:
    failed = (40, "message.delivery_changed", TWILIO, {"of": "msg_1", "from": "SENT", "to": "FAILED"})
    two_days = 2 * 24 * 60
    why = {"of": "msg_1", "from": "FAILED", "to": "FAILED", "error_code": "30005"}
    explained = (two_days, "message.delivery_changed", TWILIO, why)

    counted = _count(CREATED, failed, explained)

    assert {key.day for key in counted.days} == {"2026-01-31"}
    assert +_figures(counted).failures == {30005: 1}
    assert (counted.rows[0].failures, counted.rows[0].unexplained) == (1, {})


def test_delivery_that_goes_well_is_no_failure() -> None:
    counted = _count((1, "message.delivery_changed", TWILIO, {"from": "SENT", "to": "DELIVERED"}))

    assert counted.days == {}


def test_texts_and_opt_outs_without_a_ticket_count_for_their_channel() -> None:
    others = _records(
        (0, "message.received", CUSTOMER, {"channel_id": "chn_2", "keyword": "STOP"}),
        (0, "customer.opted_out", CUSTOMER, {"channel_id": "chn_2"}),
        (0, "customer.no_texts", DANA, {}),
        (0, "workspace.updated", DANA, {}),
        ticket_id="",
    )
    counted = count(Uncounted(others=others), in_utc)

    assert _figures(counted, key="chn_2").counts == {"texts_in": 1, "opt_outs": 1}
    assert _figures(counted, key="").counts == {"opt_outs": 1}


def test_a_day_is_the_workspaces() -> None:
    row, records = ROW, _records((11 * 60 + 30, *TEXTED[1:]), (12 * 60 + 30, *TEXTED[1:]))

    counted = count(Uncounted([(row, records)]), lambda _: _LOS_ANGELES)

    assert [key.day for key in counted.days] == ["2026-01-31"]
    assert [key.day for key in count(Uncounted([(row, records)]), in_utc).days] == ["2026-01-31", "2026-02-01"]


def test_nobody_waits_while_it_is_closed() -> None:
    entries = [CREATED, TEXTED, (7 * 60, *REPLIED[1:]), (26 * 60, "ticket.resolved", DANA, {})]

    (row,) = count(Uncounted([(ROW, _records(*entries))]), lambda _: _LOS_ANGELES).rows

    assert (row.first_answer, row.resolution) == (timedelta(hours=1), timedelta(hours=8))
