"""What callers want written: a text stored, or a decision about a ticket made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ticket_service.domain.ingest_plan import IngestPlan, Snapshot
from ticket_service.domain.message import InboundText
from ticket_service.domain.ticket_decision import Decide, Needs, NeedsOf

Plan = Callable[[Sequence[InboundText], Snapshot], IngestPlan]


@dataclass(frozen=True)
class TextWish:
    """A text to be stored, together with all others that have the same `plan`."""

    text: InboundText
    plan: Plan


@dataclass(frozen=True)
class ChangeWish:
    """A decision about a ticket, named by its id or by that of a message on it. With a `request_id` the decision gets
    the message of that request, if there is one."""

    workspace_id: str
    decide: Decide
    needs: Needs | NeedsOf = Needs.NOTHING_MORE
    ticket_id: str = ""
    message_id: str = ""
    request_id: str = ""


Wish = TextWish | ChangeWish
