"""Reports, and what is asked of them."""

from collections import Counter
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration

from keva.ticket.v1 import actor_pb2, hand_off_pb2, routing_pb2, ticket_service_pb2
from keva.ticket.v1 import report_service_pb2 as pb
from servicekit.rpc.proto_values import enum_to_proto, optional_enum_from_proto, timestamp
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.reports.durations import percentile
from ticket_service.domain.reports.figures import Count, Dimension, Figures
from ticket_service.domain.reports.ticket_row import TicketNow, TicketRow
from ticket_service.rpc.convert_values import actor_to_proto, assignee_to_proto
from ticket_service.use_cases.reports import Counted, Grouping, Report, ReportRow, Span, TicketPage


def span_from_proto(request: pb.GetReportRequest | pb.ListTicketReportRowsRequest) -> Span:
    return Span(request.workspace_id, request.from_date, request.to_date)


def grouping_from_proto(value: int) -> Grouping:
    """Raises FIELD_INVALID."""
    return optional_enum_from_proto(pb.ReportGrouping, value, Grouping, "grouping") or Grouping.NONE


def report_to_proto(report: Report, grouping: Grouping) -> pb.GetReportResponse:
    return pb.GetReportResponse(
        rows=[_row_to_proto(row, grouping) for row in report.rows],
        total=_figures_to_proto(report.total),
        time_zone=str(report.counted.calendar),
        counted_time=timestamp(report.counted.progress.counted_time),
        counting_older=report.counted.progress.is_filling,
    )


def ticket_page_to_proto(page: TicketPage) -> pb.ListTicketReportRowsResponse:
    counted: Counted = page.counted
    return pb.ListTicketReportRowsResponse(
        rows=[_ticket_to_proto(row, now) for row, now in page.rows],
        next_page_token=page.next_page_token,
        time_zone=str(counted.calendar),
        counted_time=timestamp(counted.progress.counted_time),
        counting_older=counted.progress.is_filling,
    )


def _row_to_proto(row: ReportRow, grouping: Grouping) -> pb.ReportRow:
    by_agent = grouping.dimension is Dimension.AGENT
    return pb.ReportRow(
        date=row.day,
        channel_id="" if by_agent else row.key,
        agent=_actor(row.key) if by_agent else None,
        figures=_figures_to_proto(row.figures),
    )


def _actor(key: str) -> actor_pb2.Actor:
    kind, _, actor_id = key.partition(":")
    return actor_to_proto(Actor(ActorKind(kind), actor_id))


def _figures_to_proto(figures: Figures) -> pb.ReportFigures:
    return pb.ReportFigures(
        **{count.value: figures.counts[count.value] for count in Count},
        hand_offs=[pb.HandOffCount(reason=_reason(name), count=n) for name, n in _most_first(figures.hand_offs)],
        failures=[pb.FailureCount(error_code=code, count=n) for code, n in _most_first(figures.failures)],
        first_answer=_times_to_proto(figures.first_answers),
        resolution=_times_to_proto(figures.resolutions),
    )


def _most_first(counts: Counter) -> list[tuple]:  # type: ignore[type-arg]
    return sorted(((name, n) for name, n in counts.items() if n), key=lambda entry: (-entry[1], str(entry[0])))


def _reason(name: str) -> "hand_off_pb2.HandOffReason.ValueType":
    """UNSPECIFIED for one of another version."""
    values = hand_off_pb2.HandOffReason.keys()
    full = f"HAND_OFF_REASON_{name}"
    return hand_off_pb2.HandOffReason.Value(full) if full in values else hand_off_pb2.HAND_OFF_REASON_UNSPECIFIED


def _times_to_proto(buckets: Counter[int]) -> pb.WaitingTimes:
    median, p90 = (percentile(buckets, share) for share in (0.5, 0.9))
    return pb.WaitingTimes(count=sum(buckets.values()), median=_duration(median), p90=_duration(p90))


def _duration(time: timedelta | None) -> Duration | None:
    if time is None:
        return None
    value = Duration()
    # Whole seconds: nobody reads more, and the buckets do not know more.
    value.FromTimedelta(timedelta(seconds=round(time.total_seconds())))
    return value


def _ticket_to_proto(row: TicketRow, now: TicketNow | None) -> pb.TicketReportRow:
    return pb.TicketReportRow(
        ticket_id=row.ticket_id,
        channel_id=row.channel_id,
        create_time=timestamp(row.create_time),
        first_answer_time=timestamp(row.first_answer_time),
        first_answer_by=_optional_actor(row.first_answer_by),
        first_answer=_duration(row.first_answer),
        resolve_time=timestamp(row.resolve_time),
        resolved_by=_optional_actor(row.resolved_by),
        resolution=_duration(row.resolution),
        close_time=timestamp(row.close_time),
        texts_in=row.texts_in,
        texts_out=row.texts_out,
        ai_answers=row.ai_answers,
        hand_offs=row.hand_offs,
        hand_off_reason=_reason(row.hand_off_reason),
        failures=row.failures,
        reopened=row.reopened,
        **_now_to_proto(now),
    )


def _now_to_proto(now: TicketNow | None) -> dict[str, Any]:
    if now is None:
        return {}
    return {
        "number": now.number,
        "state": enum_to_proto(ticket_service_pb2.TicketState, now.state.value),
        "priority": enum_to_proto(routing_pb2.Priority, now.priority.value),
        "assignee": assignee_to_proto(now.assignee),
    }


def _optional_actor(actor: Actor | None) -> actor_pb2.Actor | None:
    return actor_to_proto(actor) if actor else None
