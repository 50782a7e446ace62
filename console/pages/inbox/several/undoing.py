"""What takes a change to several tickets back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC

from client.words.actors import assignee_text
from client.words.enums import priority_name
from console.batches.batch import Step
from console.tags import tag_of
from keva.ticket.v1 import ticket_service_pb2 as pb

_LIVE = (pb.TICKET_STATE_OPEN, pb.TICKET_STATE_PENDING)


def steps_back(done: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    """The steps that make tickets be as they were, those that were so already left alone."""
    make = _BACK.get(done.change)
    return make(done, before) if make else []


def _grouped(change: str, tickets: Iterable[pb.Ticket], value_of: Callable[[pb.Ticket], str]) -> list[Step]:
    groups: dict[str, list[str]] = {}
    for ticket in tickets:
        groups.setdefault(value_of(ticket), []).append(ticket.ticket_id)
    return [Step(change, value, tuple(ticket_ids)) for value, ticket_ids in groups.items()]


def _unresolved(_: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    live = [ticket for ticket in before if ticket.state in _LIVE]
    return _grouped("unresolve", live, lambda ticket: "pending" if ticket.state == pb.TICKET_STATE_PENDING else "")


def _unread(_: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    return _grouped("unread", (ticket for ticket in before if ticket.unread), lambda _: "")


def _reassigned(_: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    return _grouped("unassign", before, lambda ticket: assignee_text(ticket.assignee))


def _awake(_: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    return [
        *_grouped("unsnooze", (ticket for ticket in before if not ticket.snoozed), lambda _: ""),
        *_grouped("snooze", (ticket for ticket in before if ticket.snoozed), _snoozed_until),
    ]


def _untagged(done: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    return _grouped("untag", (ticket for ticket in before if not tag_of(ticket, done.value)), lambda _: done.value)


def _tagged(done: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    having = (ticket for ticket in before if tag_of(ticket, done.value))
    return _grouped("tag", having, lambda ticket: tag_of(ticket, done.value))


def _priorities(_: Step, before: Sequence[pb.Ticket]) -> list[Step]:
    return _grouped("priority", before, lambda ticket: priority_name(ticket.priority).lower())


def _snoozed_until(ticket: pb.Ticket) -> str:
    return ticket.snooze_until.ToDatetime(UTC).isoformat() if ticket.HasField("snooze_until") else ""


_BACK: dict[str, Callable[[Step, Sequence[pb.Ticket]], list[Step]]] = {
    "resolve": _unresolved,
    "read": _unread,
    "assign": _reassigned,
    "snooze": _awake,
    "tag": _untagged,
    "untag": _tagged,
    "priority": _priorities,
}
