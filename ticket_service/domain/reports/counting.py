"""Counts audit records. A ticket's own are counted in the order of its chain, each once: the row says up to which."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ticket_service.domain.audit import NO_TICKET, Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.message import DeliveryState
from ticket_service.domain.reports.calendar import Calendar
from ticket_service.domain.reports.durations import bucket_of
from ticket_service.domain.reports.figures import Count, DayKey, Dimension, Figures
from ticket_service.domain.reports.ticket_row import Resolution, TicketRow
from ticket_service.domain.ticket import TicketState
from ticket_service.domain.ticket_changes import SMALL_TALK

# Whose work is counted by who did it.
_WORKERS = frozenset({ActorKind.AGENT, ActorKind.AI, ActorKind.OPERATOR})
_PEOPLE = frozenset({ActorKind.AGENT, ActorKind.OPERATOR})
CalendarOf = Callable[[str], Calendar]


@dataclass(frozen=True)
class Uncounted:
    """Records that follow those which were counted: of tickets, each with its row, and of an organization's own chain.
    `authors`: who wrote the replies that failed, by message, as far as that is known."""

    tickets: Sequence[tuple[TicketRow, Sequence[AuditRecord]]] = ()
    others: Sequence[AuditRecord] = ()
    authors: Mapping[str, Actor] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """Rows as they are afterwards, and what the days gain."""

    rows: Sequence[TicketRow]
    days: Mapping[DayKey, Figures]


CountRecords = Callable[[Uncounted], Counted]


@dataclass(frozen=True)
class Progress:
    """How far an organization's trail is counted. `counted_time`: the time of the newest record of the organization's
    own chain that is, None when none is. `is_filling`: tickets of before reports were kept are still being counted."""

    counted_time: datetime | None
    is_filling: bool


def count(uncounted: Uncounted, calendar_of: CalendarOf) -> Counted:
    """What the records say."""
    counting = _Counting(calendar_of, uncounted.authors)
    rows = [counting.ticket(row, records) for row, records in uncounted.tickets]
    for record in uncounted.others:
        counting.without_ticket(record)
    return Counted(rows, counting.days)


class _Counting:
    def __init__(self, calendar_of: CalendarOf, authors: Mapping[str, Actor]) -> None:
        self.days: dict[DayKey, Figures] = {}
        self._calendar_of = calendar_of
        self._authors = authors

    def ticket(self, row: TicketRow, records: Sequence[AuditRecord]) -> TicketRow:
        for record in records:
            row = self._counted(row, record)
        return replace(row, sequence=records[-1].sequence) if records else row

    def without_ticket(self, record: AuditRecord) -> None:
        """A text or a wish that belongs to no ticket."""
        if not record.workspace_id or record.ticket_id != NO_TICKET:
            return
        if record.entry.action == AuditAction.MESSAGE_RECEIVED:
            self._add(record, record.entry.details.get("channel_id", ""), Count.TEXTS_IN)
        elif record.entry.action in (AuditAction.CUSTOMER_OPTED_OUT, AuditAction.CUSTOMER_NO_TEXTS):
            self._add(record, record.entry.details.get("channel_id", ""), Count.OPT_OUTS)

    def _counted(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        rule = _RULES.get(record.entry.action)
        return rule(self, row, record) if rule else row

    def _created(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        self._add(record, row.channel_id, Count.TICKETS_CREATED, by=record.entry.actor)
        return replace(row, create_time=record.entry.time, begin_time=record.entry.time)

    def _texted(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        self._add(record, row.channel_id, Count.TEXTS_IN)
        details, counted = record.entry.details, replace(row, texts_in=row.texts_in + 1)
        # Nobody answers a heart, or what the carrier has answered.
        waits = "keyword" not in details and "reaction" not in details
        if not waits or row.first_answer_time is not None:
            return counted
        return replace(counted, waiting_since=min(_sent_time(record.entry), row.waiting_since or record.entry.time))

    def _sent(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        actor = record.entry.actor
        self._add(record, row.channel_id, Count.TEXTS_OUT, by=actor)
        sent = replace(row, texts_out=row.texts_out + 1)
        # What the AI sends may be a notice; what answers has a record of its own.
        return self._answered(sent, record) if actor.kind in _PEOPLE else sent

    def _ai_answered(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        self._add(record, row.channel_id, Count.AI_ANSWERS, by=record.entry.actor)
        return self._answered(replace(row, ai_answers=row.ai_answers + 1), record)

    def _opted_out(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        self._add(record, record.entry.details.get("channel_id", ""), Count.OPT_OUTS)
        return row

    def _reopened(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        if record.entry.details.get("from") != TicketState.RESOLVED.value:
            return row
        self._add(record, row.channel_id, Count.TICKETS_REOPENED)
        again = replace(row, begin_time=record.entry.time, reopened=row.reopened + 1, reopened_from=row.resolved)
        return replace(again, resolve_time=None, resolved_by=None, resolution=None)

    def _closed(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        self._add(record, row.channel_id, Count.TICKETS_CLOSED, by=record.entry.actor)
        return replace(row, close_time=record.entry.time)

    def _answered(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        entry = record.entry
        if row.waiting_since is None or row.first_answer_time is not None:
            return row
        waited = self._calendar_of(row.workspace_id).waited(row.waiting_since, entry.time)
        for figures in self._figures(record, row.channel_id, entry.actor):
            figures.first_answers[bucket_of(waited)] += 1
        answered = replace(row, first_answer_time=entry.time, first_answer_by=entry.actor, first_answer=waited)
        return replace(answered, waiting_since=None)

    def _resolved(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        entry = record.entry
        if entry.details.get("why") == SMALL_TALK:
            # It was counted when it was resolved first.
            known = row.reopened_from
            return _resolved_as(row, known) if known else replace(row, resolve_time=entry.time)
        self._add(record, row.channel_id, Count.TICKETS_RESOLVED, by=entry.actor)
        took = self._calendar_of(row.workspace_id).waited(row.begin_time, entry.time)
        for figures in self._figures(record, row.channel_id, entry.actor):
            figures.resolutions[bucket_of(took)] += 1
        return _resolved_as(row, Resolution(entry.time, entry.actor, took))

    def _handed_off(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        reason = record.entry.details.get("reason", "")
        for figures in self._figures(record, row.channel_id, record.entry.actor):
            figures.hand_offs[reason] += 1
        return replace(row, hand_offs=row.hand_offs + 1, hand_off_reason=reason)

    def _delivery_changed(self, row: TicketRow, record: AuditRecord) -> TicketRow:
        entry, failed = record.entry, DeliveryState.FAILED.value
        if entry.details.get("to") != failed:
            return row
        message_id, day = entry.subject_id, self._day(record)
        code = _number(entry.details.get("error_code", ""))
        unexplained = dict(row.unexplained)
        if entry.details.get("from") == failed:
            # The code that was not known when it failed: it counts for that day.
            earlier = unexplained.pop(message_id, "")
            if earlier:
                self._fail(row, message_id, earlier, {0: -1, code: 1})
            return replace(row, unexplained=unexplained)
        self._fail(row, message_id, day, {code: 1})
        if not code:
            unexplained[message_id] = day
        return replace(row, failures=row.failures + 1, unexplained=unexplained)

    def _fail(self, row: TicketRow, message_id: str, day: str, codes: Mapping[int, int]) -> None:
        for figures in self._of_day(row.workspace_id, day, row.channel_id, self._authors.get(message_id)):
            figures.failures.update(codes)

    def _add(self, record: AuditRecord, channel_id: str, what: Count, by: Actor | None = None) -> None:
        for figures in self._figures(record, channel_id, by):
            figures.counts[what.value] += 1

    def _figures(self, record: AuditRecord, channel_id: str, by: Actor | None) -> list[Figures]:
        return self._of_day(record.workspace_id, self._day(record), channel_id, by)

    def _of_day(self, workspace_id: str, day: str, channel_id: str, by: Actor | None) -> list[Figures]:
        """The channel's, and those of whoever did it."""
        keys = [DayKey(workspace_id, day, Dimension.CHANNEL, channel_id)]
        if by is not None and by.kind in _WORKERS:
            keys.append(DayKey(workspace_id, day, Dimension.AGENT, f"{by.kind.value}:{by.id}"))
        return [self.days.setdefault(key, Figures()) for key in keys]

    def _day(self, record: AuditRecord) -> str:
        return self._calendar_of(record.workspace_id).day_of(record.entry.time)


def _sent_time(entry: AuditEntry) -> datetime:
    """When a text was sent: as it was stored, unless it was found later in Twilio's log."""
    try:
        return min(datetime.fromisoformat(entry.details.get("sent_time", "")), entry.time)
    except (TypeError, ValueError):
        return entry.time


_Rule = Callable[[_Counting, TicketRow, AuditRecord], TicketRow]
# What counts; everything else that happens does not.
_RULES: Mapping[str, _Rule] = {
    AuditAction.TICKET_CREATED: _Counting._created,
    AuditAction.MESSAGE_RECEIVED: _Counting._texted,
    AuditAction.MESSAGE_QUEUED: _Counting._sent,
    AuditAction.AI_ANSWERED: _Counting._ai_answered,
    AuditAction.AI_HANDED_OFF: _Counting._handed_off,
    AuditAction.MESSAGE_DELIVERY_CHANGED: _Counting._delivery_changed,
    AuditAction.CUSTOMER_OPTED_OUT: _Counting._opted_out,
    AuditAction.CUSTOMER_NO_TEXTS: _Counting._opted_out,
    AuditAction.TICKET_RESOLVED: _Counting._resolved,
    AuditAction.TICKET_REOPENED: _Counting._reopened,
    AuditAction.TICKET_CLOSED: _Counting._closed,
}


def _resolved_as(row: TicketRow, how: Resolution) -> TicketRow:
    resolved = replace(row, resolve_time=how.time, resolved_by=how.by, resolution=how.took)
    return replace(resolved, reopened_from=None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
