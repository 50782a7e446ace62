"""Tickets as documents, and their indexes."""

from dataclasses import replace

from pymongo import ASCENDING, DESCENDING, IndexModel

from ticket_service.domain.ai.kept_suggestions import Article, KeptSuggestions, SuggestedReply
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.last_message import LastMessage
from ticket_service.domain.inbox.read_marks import ReadMark
from ticket_service.domain.message import Direction
from ticket_service.domain.ticket import Assignee, AssigneeKind, Priority, Ticket, TicketState
from ticket_service.domain.work.before_ai import BeforeAi
from ticket_service.domain.work.before_resolve import BeforeResolve
from ticket_service.mongo.audit_documents import ACTOR
from ticket_service.mongo.inbox.indexes import LIST_INDEXES
from ticket_service.mongo.mapper import KEY, LIST, Document, Field, Mapper, enum, list_of, nested, sparse

# Whose chain has grown since it was anchored.
ANCHOR_DUE = "anchor_due"
# Those that may still change.
UNCLOSED = {"$in": [state.value for state in TicketState if state is not TicketState.CLOSED]}
SETTLED_INDEX = "settled"
TO_DEAL_INDEX = "to_deal"
# What a person could answer with; it may quote the customer.
SUGGESTIONS = "suggestions"
# The agents who have read the customer's newest text.
READ_BY = "read_by"
INDEXES = [
    IndexModel(
        [("channel_id", ASCENDING), ("customer_address", ASCENDING)],
        name="one_live_ticket_per_thread",
        unique=True,
        partialFilterExpression={"holds_thread": True},
    ),
    IndexModel([("workspace_id", ASCENDING), ("number", ASCENDING)], name="number", unique=True),
    IndexModel([("workspace_id", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)], name="state"),
    IndexModel([("workspace_id", ASCENDING), ("customer_address", ASCENDING), ("_id", DESCENDING)], name="customer"),
    IndexModel([("customer_id", ASCENDING), ("_id", ASCENDING)], name="of_customer"),
    # What is to be closed, by when it was resolved, and what is to be erased, by when it was closed: a RESOLVED one is
    # neither closed nor sealed.
    IndexModel(
        [
            ("workspace_id", ASCENDING),
            ("state", ASCENDING),
            ("seal_time", ASCENDING),
            ("close_time", ASCENDING),
            ("resolve_time", ASCENDING),
        ],
        name=SETTLED_INDEX,
        partialFilterExpression={"state": {"$in": [TicketState.RESOLVED.value, TicketState.CLOSED.value]}},
    ),
    IndexModel(
        [("snooze_until", ASCENDING)], name="snoozed", partialFilterExpression={"snooze_until": {"$exists": True}}
    ),
    IndexModel(
        [("to_deal", ASCENDING), ("workspace_id", ASCENDING), ("_id", ASCENDING)],
        name=TO_DEAL_INDEX,
        partialFilterExpression={"to_deal": True},
    ),
    # Those whose chain has grown since it was anchored.
    IndexModel(
        [("organization_id", ASCENDING), ("_id", ASCENDING)],
        name="anchor_due",
        partialFilterExpression={"anchor_due": True},
    ),
    *LIST_INDEXES,
]


def assignee_to_document(assignee: Assignee) -> str:
    """`NOBODY`, `AI` or `AGENT:<id>`: one value, so that one index finds it."""
    return f"AGENT:{assignee.agent_id}" if assignee.kind is AssigneeKind.AGENT else assignee.kind.value


def assignee_from_document(value: str) -> Assignee:
    """Raises ValueError for a value of another kind."""
    kind, _, agent_id = value.partition(":")
    return Assignee(AssigneeKind(kind), agent_id)


ASSIGNEE = Field(assignee_to_document, assignee_from_document)

_SUGGESTIONS = Mapper(
    KeptSuggestions, replies=list_of(Mapper(SuggestedReply, articles=list_of(Mapper(Article)), is_draft=sparse(False)))
)
_BEFORE_RESOLVE = Mapper(
    BeforeResolve,
    was_pending=sparse(False),
    waiting_since=sparse(None),
    snooze_until=sparse(None),
    first_answer_due_time=sparse(None),
    next_answer_due_time=sparse(None),
    failed_reply=sparse(False),
    to_deal=sparse(False),
)
_BEFORE_AI = Mapper(
    BeforeAi,
    hand_off_reason=sparse(None, enum(HandOffReason)),
    hand_off_time=sparse(None),
    ai_replies=sparse(0),
)
_LAST_MESSAGE = Mapper(LastMessage, direction=enum(Direction), author=sparse(None, ACTOR))
_TICKETS = Mapper(
    Ticket,
    ticket_id=KEY,
    state=enum(TicketState),
    priority=enum(Priority),
    assignee=ASSIGNEE,
    tags=LIST,
    holds_thread=sparse(False),
    resolve_time=sparse(None),
    close_time=sparse(None),
    hand_off_reason=sparse(None, enum(HandOffReason)),
    hand_off_time=sparse(None),
    hand_off_announced=sparse(False, Field(name="hand_off_told")),
    seal_time=sparse(None),
    erase_time=sparse(None),
    snooze_until=sparse(None),
    first_answer_due_time=sparse(None),
    next_answer_due_time=sparse(None),
    scheduled_count=sparse(0),
    scheduled_positions=sparse(0),
    to_deal=sparse(False),
    to_deal_before=sparse(False),
    waiting_since=sparse(None),
    last_message=sparse(None, nested(_LAST_MESSAGE)),
    customer_display_name=sparse(""),
    summed_count=sparse(0),
    inbound_position=sparse(0),
    failed_reply=sparse(False),
    read_by=sparse((), LIST),
    read_marks=sparse((), list_of(Mapper(ReadMark))),
    before_resolve=sparse(None, nested(_BEFORE_RESOLVE)),
    resolved_before=sparse(None),
    before_ai=sparse(None, nested(_BEFORE_AI)),
    suggestions=sparse(None, Field(_SUGGESTIONS.to_document, _SUGGESTIONS.from_document, name=SUGGESTIONS)),
)


def ticket_from_document(document: Document) -> Ticket:
    """A version before this one moves tickets, and does not say that their customers wait no more."""
    ticket = _TICKETS.from_document(document)
    if ticket.waiting_since is None or ticket.state is TicketState.OPEN:
        return ticket
    return replace(ticket, waiting_since=None)


def ticket_to_document(ticket: Ticket) -> Document:
    """Marked for anchoring: whoever writes a ticket has written to its audit chain."""
    return {**_TICKETS.to_document(ticket), ANCHOR_DUE: True}
