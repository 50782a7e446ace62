"""Which of a view's tickets are shown, as it stands in the address: so that a colleague who opens it sees the same."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from client.words.actors import ME, assignee_from_text
from client.words.enums import Priority, TicketOrder, TicketState
from console.pages.inbox.views import View, asked_of
from keva.ticket.v1 import routing_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb

STEP, MOST_ROWS = 50, 200
_LONGEST_TAG = 50
# No ticket has a longer number.
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Filters:
    """Empty is any. `assignee` is me, nobody, ai or `agent:ID`; `order` the view's own when empty. `rows` is how many
    are shown, `page` the token of the page on which they begin."""

    channel: str = ""
    assignee: str = ""
    tag: str = ""
    priority: str = ""
    state: str = ""
    unread: str = ""
    order: str = ""
    rows: int = STEP
    page: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From an address. What cannot be used is left out: it is shown in the form that it is not set."""
        known: dict[str, Any] = {field.name: query.get(field.name, "") for field in fields(cls)}
        return cls(**{**known, "rows": _rows(known["rows"])}).usable()

    def usable(self) -> Self:
        """Without values that no ticket can have."""
        return replace(
            self,
            assignee=self.assignee if _is_assignee(self.assignee) else "",
            tag=self.tag.strip()[:_LONGEST_TAG],
            priority=self.priority if self.priority in list(Priority) else "",
            state=self.state if self.state in list(TicketState) else "",
            order=self.order if self.order in list(TicketOrder) else "",
            unread="1" if self.unread else "",
        )

    def query(self, **changed: str | int) -> dict[str, str | int]:
        """For the address of the same list, with what is changed; without what is as usual."""
        values = {**asdict(self), **changed}
        return {name: value for name, value in values.items() if value not in ("", _USUAL[name])}

    @property
    def count(self) -> int:
        """How many of them narrow the list."""
        narrowing = (self.channel, self.assignee, self.tag, self.priority, self.state, self.unread)
        return sum(bool(value) for value in narrowing)

    def asked_of(self, view: View, workspace_id: str, agent_id: str) -> pb.ListTicketsRequest:
        """What to ask for. A view's own assignees and states give way to those that are chosen."""
        request = asked_of(view, workspace_id, agent_id)
        if self.assignee:
            del request.assignees[:]
            request.assignees.append(_assignee(self.assignee, agent_id))
        if self.state:
            del request.states[:]
            request.states.append(TicketState(self.state).to_proto())
        if self.priority:
            request.priorities.append(Priority(self.priority).to_proto())
        if self.tag:
            request.tags.append(self.tag)
        if self.order:
            request.order_by = TicketOrder(self.order).to_proto()
        request.channel_id, request.unread = self.channel, bool(self.unread)
        return request


_USUAL = asdict(Filters())


def selected_number(query: Mapping[str, str]) -> int | None:
    """Of the ticket that is open beside the list (`?selected=`); None for what no ticket has."""
    text = query.get("selected", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _rows(text: str) -> int:
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else STEP
    return min(max(asked, STEP), MOST_ROWS)


def _is_assignee(text: str) -> bool:
    try:
        return bool(text) and "@" not in assignee_from_text(text).agent_id
    except ValueError:
        return False


def _assignee(text: str, agent_id: str) -> routing_pb2.Assignee:
    assignee = assignee_from_text(text)
    if assignee.agent_id.lower() == ME:
        assignee.agent_id = agent_id
    return assignee
