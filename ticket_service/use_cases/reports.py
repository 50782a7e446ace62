"""Use cases: what happened in a workspace, by day, channel or agent, and ticket by ticket."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from servicekit.paging import Page, Position, is_text, is_time, page
from ticket_service import errors
from ticket_service.domain.reports.calendar import Calendar
from ticket_service.domain.reports.counting import Progress
from ticket_service.domain.reports.figures import DayFigures, Dimension, Figures, together
from ticket_service.domain.reports.ticket_row import RowFilter, TicketNow, TicketRow
from ticket_service.ports.reports import ReportStore
from ticket_service.ports.workspaces import WorkspaceStore

MAX_DAYS = 400
MAX_ROWS = 10_000


class Grouping(Enum):
    """What each row of a report is about; report_service.proto says what each means."""

    NONE = "NONE"
    DAY = "DAY"
    CHANNEL = "CHANNEL"
    AGENT = "AGENT"
    DAY_AND_CHANNEL = "DAY_AND_CHANNEL"
    DAY_AND_AGENT = "DAY_AND_AGENT"

    @property
    def by_day(self) -> bool:
        """Whether each row is one day's."""
        return self in (Grouping.DAY, Grouping.DAY_AND_CHANNEL, Grouping.DAY_AND_AGENT)

    @property
    def dimension(self) -> Dimension | None:
        """Whether each row is a channel's or an agent's."""
        if self in (Grouping.CHANNEL, Grouping.DAY_AND_CHANNEL):
            return Dimension.CHANNEL
        return Dimension.AGENT if self in (Grouping.AGENT, Grouping.DAY_AND_AGENT) else None


@dataclass(frozen=True)
class Span:
    """A workspace's days, both included, as 2026-01-31."""

    workspace_id: str
    first_day: str
    last_day: str


@dataclass(frozen=True)
class ReportRow:
    """What happened on a day (empty: on all of them), in a channel or by an agent (empty: in and by all of them)."""

    day: str
    key: str
    figures: Figures


@dataclass(frozen=True)
class Counted:
    """Whose days they are, and how far all is counted."""

    calendar: Calendar
    progress: Progress


@dataclass(frozen=True)
class Report:
    """The rows in the order of days and names, and all of them together."""

    rows: Sequence[ReportRow]
    total: Figures
    counted: Counted


@dataclass(frozen=True)
class TicketPage:
    """Tickets with how each is now (None: not found any more), and the next page's token."""

    rows: Sequence[tuple[TicketRow, TicketNow | None]]
    next_page_token: str
    counted: Counted


class Reports:
    """Reports of all workspaces."""

    def __init__(self, store: ReportStore, workspaces: WorkspaceStore) -> None:
        self._store = store
        self._workspaces = workspaces

    async def report(self, span: Span, grouping: Grouping) -> Report:
        """Raises FIELD_INVALID, WORKSPACE_NOT_FOUND."""
        _days_of(span)
        counted = await self._counted(span.workspace_id)
        # What agents did does not add up to all: nobody sends what comes in.
        dimensions = {Dimension.CHANNEL, grouping.dimension or Dimension.CHANNEL}
        days = await self._store.read_days(span.workspace_id, dimensions, span.first_day, span.last_day)
        # Not in the way of texts: there may be thousands of days.
        rows, total = await asyncio.to_thread(_added_up, days, grouping)
        if len(rows) > MAX_ROWS:
            raise errors.invalid("to_date", f"makes more than {MAX_ROWS} rows: ask for fewer days, or by one thing")
        return Report(rows, total, counted)

    async def tickets(self, span: Span, asked: Page) -> TicketPage:
        """Tickets that were created on these days, oldest first. Raises FIELD_INVALID, PAGE_TOKEN_INVALID,
        WORKSPACE_NOT_FOUND."""
        first, last = _days_of(span)
        counted = await self._counted(span.workspace_id)
        zone = counted.calendar.zone
        begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))

        async def read(position: Position, limit: int) -> list[TicketRow]:
            after = (datetime.fromisoformat(str(position[0])), str(position[1])) if position else None
            return await self._store.list_rows(RowFilter(span.workspace_id, begin, end, after), limit)

        rows, token = await page(asked, [span], read, _place, (is_time, is_text))
        now = await self._store.tickets_now(span.workspace_id, [row.ticket_id for row in rows])
        return TicketPage([(row, now.get(row.ticket_id)) for row in rows], token, counted)

    async def _counted(self, workspace_id: str) -> Counted:
        organization_id = await self._workspaces.organization_of(workspace_id)
        workspace = await self._workspaces.get_workspace(organization_id, workspace_id)
        return Counted(Calendar(workspace.business_hours), await self._store.progress(organization_id))


def _place(row: TicketRow) -> Sequence[str]:
    return row.create_time.astimezone(UTC).isoformat(), row.ticket_id


def _added_up(days: Sequence[DayFigures], grouping: Grouping) -> tuple[list[ReportRow], Figures]:
    """The rows, and all of them together."""
    dimension = grouping.dimension or Dimension.CHANNEL
    of_rows = [day for day in days if day.key.dimension is dimension and grouping is not Grouping.NONE]
    total = together(day.figures for day in days if day.key.dimension is Dimension.CHANNEL)
    return _rows(of_rows, grouping), total


def _rows(days: Sequence[DayFigures], grouping: Grouping) -> list[ReportRow]:
    groups: dict[tuple[str, str], list[Figures]] = {}
    for day in days:
        which = (day.key.day if grouping.by_day else "", day.key.key if grouping.dimension else "")
        groups.setdefault(which, []).append(day.figures)
    return [ReportRow(day, key, together(groups[day, key])) for day, key in sorted(groups)]


def _days_of(span: Span) -> tuple[date, date]:
    first, last = _day(span.first_day, "from_date"), _day(span.last_day, "to_date")
    if last < first:
        raise errors.invalid("to_date", "is before from_date")
    if (last - first).days >= MAX_DAYS:
        raise errors.invalid("to_date", f"is more than {MAX_DAYS} days after from_date")
    return first, last


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise errors.invalid(field, "is not a valid date; write it like 2026-01-31") from None
    if day.isoformat() != text or not 1971 <= day.year <= 9998:
        raise errors.invalid(field, "is not a valid date; write it like 2026-01-31")
    return day
