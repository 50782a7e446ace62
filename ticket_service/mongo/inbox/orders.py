"""Orders of lists, as parts that follow each other. Within each, tickets are in the order of an index, which goes on
from any of them: by a key and the id, or by the id alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ticket_service.domain.inbox.ticket_list import ListPosition, TicketFilter, TicketOrder
from ticket_service.domain.ticket import Priority
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.inbox.conditions import NO_TIME, Condition, of_priorities, waits_since
from ticket_service.mongo.mapper import Document

_MOST_URGENT_FIRST = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)


@dataclass(frozen=True)
class Part:
    """Tickets that match `query`, found through `index`. They have the key if it is not empty, and come in its
    `direction` (1: the lowest first, -1: the highest first); the newest first where it is the same or there is none."""

    index: str
    query: Document
    key: str = ""
    direction: int = 1

    @property
    def sort(self) -> list[tuple[str, int]]:
        """The order as MongoDB takes it."""
        return [(self.key, self.direction), ("_id", -1)] if self.key else [("_id", -1)]

    def position(self, number: int, document: Document) -> ListPosition:
        """Where the ticket stands, of this part with that number."""
        return ListPosition(number, value_at(document, self.key) if self.key else None, document["_id"])

    def after(self, position: ListPosition | None) -> Document:
        """Those behind the position."""
        if position is None:
            return self.query
        if not self.key:
            return {**self.query, "_id": {"$lt": position.ticket_id}}
        bound = {"$gte" if self.direction == 1 else "$lte": position.key}
        same = {self.key: position.key, "_id": {"$gte": position.ticket_id}}
        return {
            **self.query,
            self.key: {**self.query[self.key], **_within(self.query[self.key], bound)},
            "$nor": [same],
        }

    def is_behind(self, place: ListPosition, after: ListPosition) -> bool:
        """Whether a ticket is behind one of this part."""
        if place.part != after.part:
            return place.part > after.part
        if place.key == after.key or place.key is None or after.key is None:
            return place.ticket_id < after.ticket_id
        return (place.key > after.key) == (self.direction == 1)

    def holds(self, document: Document) -> bool:
        """Whether a ticket that matches the filter is of this part."""
        for path, wanted in self.query.items():
            value = value_at(document, path)
            if value is None if isinstance(wanted, dict) else value != wanted:
                return False
        return True

    def sorted(self, documents: list[Document]) -> list[Document]:
        """The tickets in its order."""
        newest_first = sorted(documents, key=lambda document: document["_id"], reverse=True)
        if not self.key:
            return newest_first
        return sorted(newest_first, key=lambda d: value_at(d, self.key), reverse=self.direction == -1)


def _within(known: Document, bound: Document) -> Document:
    """The bound, as far as it is narrower than the one that is known."""
    ((operator, time),) = bound.items()
    if operator not in known:
        return bound
    return {operator: min(time, known[operator]) if operator == "$lte" else max(time, known[operator])}


def value_at(document: Document, path: str) -> Any:
    """What stands at `a.b`; None where there is nothing."""
    found: Any = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def parts_of(order: TicketOrder, tickets: TicketFilter, now: datetime) -> list[Part]:
    """The parts of an order, one after the other, for the tickets of a filter."""
    return _PARTS[order](tickets, now)


def left_to_check(order: TicketOrder, wanted: list[Condition]) -> list[Condition]:
    """The conditions that the parts of the order do not see to already."""
    if order not in (TicketOrder.WAITING, TicketOrder.PRIORITY):
        return wanted
    return [condition for condition in wanted if condition.index != indexes.WAITING]


def _waiting(tickets: TicketFilter, now: datetime) -> list[Part]:
    return _who_wait_first(tickets, now, of_priorities(tickets))


def _who_wait_first(tickets: TicketFilter, now: datetime, of: Document) -> list[Part]:
    """Those who wait, and then the others, unless it is asked who has waited for so long."""
    waiting = Part(indexes.WAITING, {**of, "waiting_since": waits_since(tickets, now)}, "waiting_since")
    if tickets.waiting_longer_than is not None:
        return [waiting]
    return [waiting, Part(indexes.WAITING, {**of, "waiting_since": None})]


def _priority(tickets: TicketFilter, now: datetime) -> list[Part]:
    wanted = tickets.priorities or _MOST_URGENT_FIRST
    return [
        part
        for priority in _MOST_URGENT_FIRST
        if priority in wanted
        for part in _who_wait_first(tickets, now, {"priority": priority.value})
    ]


def _last_activity(_: TicketFilter, __: datetime) -> list[Part]:
    """Those of a version that kept no time of the last text come at the end, until they have one."""
    key = indexes.LAST_MESSAGE_TIME
    known = Part(indexes.LAST_ACTIVITY, {key: {"$gt": NO_TIME}}, key, direction=-1)
    return [known, Part(indexes.LAST_ACTIVITY, {key: None})]


def _creation(_: TicketFilter, __: datetime) -> list[Part]:
    return [Part(indexes.CREATION, {})]


_PARTS: dict[TicketOrder, Callable[[TicketFilter, datetime], list[Part]]] = {
    TicketOrder.CREATION: _creation,
    TicketOrder.WAITING: _waiting,
    TicketOrder.LAST_ACTIVITY: _last_activity,
    TicketOrder.PRIORITY: _priority,
}
