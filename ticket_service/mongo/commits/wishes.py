"""What callers want written: a text stored, or a decision about a ticket or a thread made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ticket_service.domain.addresses.phone_forms import current_form
from ticket_service.domain.ingest_plan import IngestPlan, Snapshot
from ticket_service.domain.message import InboundText
from ticket_service.domain.outgoing.thread_decision import DecideOnThread
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
    the message of that request, if there is one; with a `seen_id`, that message and what came behind it."""

    workspace_id: str
    decide: Decide
    needs: Needs | NeedsOf = Needs.NOTHING_MORE
    ticket_id: str = ""
    message_id: str = ""
    request_id: str = ""
    seen_id: str = ""


@dataclass(frozen=True)
class ThreadWish:
    """A decision about the thread of a channel and an address, which may have no ticket yet. With a `request_id` the
    decision gets the message of that request, if there is one."""

    workspace_id: str
    channel_id: str
    address: str
    decide: DecideOnThread
    request_id: str = ""

    @property
    def thread(self) -> tuple[str, str]:
        """The same for all forms of the address."""
        return self.channel_id, current_form(self.address)

    @property
    def whom(self) -> tuple[str, str]:
        """Whose customer it is, in the same way."""
        return self.workspace_id, current_form(self.address)


Wish = TextWish | ChangeWish | ThreadWish
