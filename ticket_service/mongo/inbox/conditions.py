"""A filter of tickets as conditions of a query, and which index may hold few tickets of each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ticket_service.domain.addresses.phone_forms import all_forms
from ticket_service.domain.inbox.ticket_list import LIVE_STATES, TicketFilter
from ticket_service.domain.ticket import Priority, TicketState
from ticket_service.mongo.inbox import indexes
from ticket_service.mongo.mapper import Document
from ticket_service.mongo.ticket_documents import READ_BY, assignee_to_document

# Before any time that is stored: `{"$gt": …}` asks whether there is one.
NO_TIME = datetime(1, 1, 1, tzinfo=UTC)
# How long nobody can have waited.
_EVER = timedelta(days=36_500)
# The index of waiting has each priority apart.
ANY_PRIORITY: Document = {"priority": {"$in": [priority.value for priority in Priority]}}


@dataclass(frozen=True)
class Condition:
    """What must hold of a ticket. `index`: where the tickets are found of which it holds; empty where most may be such.
    `in_order_of_id`: it has them in the order of their ids. `has_states`: those of each state apart from the others."""

    query: Document
    index: str = ""
    in_order_of_id: bool = False
    has_states: bool = True


def scope(tickets: TicketFilter) -> Document:
    """The workspace and the states, by which every index of lists begins: all states where none is asked for."""
    states = tickets.states or tuple(TicketState)
    if tickets.unread_by:
        states = tuple(state for state in states if state in LIVE_STATES)
    return {"workspace_id": tickets.workspace_id, "state": {"$in": sorted({state.value for state in states})}}


def is_empty(tickets: TicketFilter) -> bool:
    """Whether no ticket can match: what is asked for is of no state."""
    return not scope(tickets)["state"]["$in"]


def within(tickets: TicketFilter, condition: Condition) -> Document:
    """The tickets of a condition as its index has them: of all states, where it does not tell them apart."""
    query = {**scope(tickets), **condition.query}
    if not condition.has_states:
        del query["state"]
    return query


def conditions(tickets: TicketFilter, now: datetime) -> list[Condition]:
    """All that must hold besides. Those come first whose index is best to walk along."""
    return [*_of_whom(tickets), *_of_time(tickets, now), *_of_state(tickets)]


def everything(tickets: TicketFilter, now: datetime) -> Document:
    """The whole filter as one query, but for words."""
    return {**scope(tickets), **all_of(conditions(tickets, now))}


def all_of(wanted: list[Condition]) -> Document:
    """The conditions as a part of a query."""
    return {"$and": [condition.query for condition in wanted]} if wanted else {}


def of_priorities(tickets: TicketFilter) -> Document:
    """Those of the priorities that are asked for; of all, where none is."""
    if not tickets.priorities:
        return ANY_PRIORITY
    return {"priority": {"$in": sorted({priority.value for priority in tickets.priorities})}}


def waits_since(tickets: TicketFilter, now: datetime) -> Document:
    """When those began to wait who have waited for long enough."""
    longer = tickets.waiting_longer_than
    return {"$gt": NO_TIME} if longer is None else {"$gt": NO_TIME, "$lte": now - min(longer, _EVER)}


def _of_whom(tickets: TicketFilter) -> list[Condition]:
    found = []
    if tickets.number:
        found.append(Condition({"number": tickets.number}, indexes.NUMBER, has_states=False))
    if tickets.customer_address:
        forms = list(all_forms(tickets.customer_address))
        of_customer = {"customer_address": {"$in": forms}}
        found.append(Condition(of_customer, indexes.CUSTOMER, in_order_of_id=True, has_states=False))
    for tag in tickets.tags:
        found.append(Condition({"tags": tag}, indexes.TAG, in_order_of_id=True))
    if tickets.assignees:
        assignees = sorted({assignee_to_document(assignee) for assignee in tickets.assignees})
        found.append(Condition({"assignee": {"$in": assignees}}, indexes.ASSIGNEE, in_order_of_id=True))
    if tickets.channel_id:
        found.append(Condition({"channel_id": tickets.channel_id}, indexes.CHANNEL, in_order_of_id=True))
    return found


def _of_time(tickets: TicketFilter, now: datetime) -> list[Condition]:
    found = []
    if tickets.waiting_longer_than is not None:
        found.append(Condition({**ANY_PRIORITY, "waiting_since": waits_since(tickets, now)}, indexes.WAITING))
    if tickets.snoozed is not None:
        index = indexes.SNOOZED if tickets.snoozed else ""
        found.append(Condition({"snooze_until": {"$exists": tickets.snoozed}}, index))
    return found


def _of_state(tickets: TicketFilter) -> list[Condition]:
    found = []
    if tickets.has_failed_reply:
        found.append(Condition(indexes.HAS_FAILED_REPLY, indexes.FAILED_REPLY))
    if tickets.handed_off:
        found.append(Condition(indexes.IS_HANDED_OFF, indexes.HANDED_OFF))
    if tickets.priorities:
        found.append(Condition(of_priorities(tickets), indexes.WAITING))
    if tickets.unread_by:
        found.append(Condition({"inbound_position": {"$gt": 0}, READ_BY: {"$ne": tickets.unread_by}}))
    return found
