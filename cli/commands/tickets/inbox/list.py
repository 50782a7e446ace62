"""`keva tickets list`."""

from collections.abc import Mapping, Sequence

from cli.commands.tickets.hand_off import hand_off_cell
from cli.commands.tickets.inbox import options
from cli.commands.tickets.inbox.options import ListedState
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.lists import agent_names
from client.selection import find_assignee, find_channel
from client.words.actors import assignee_text
from client.words.enums import TicketOrder, TicketState, priority_name, ticket_state_name
from client.words.marking import excerpt, wanted_words
from keva.ticket.v1 import ticket_service_pb2


async def list_tickets(  # noqa: PLR0913, PLR0917 - one per filter
    session: Session,
    state: options.StateOption = None,
    assignee: options.AssigneeOption = None,
    channel: options.ChannelOption = "",
    customer: options.CustomerOption = "",
    query: options.QueryOption = "",
    text: options.TextOption = "",
    priority: options.PriorityOption = None,
    tag: options.TagOption = None,
    unread: options.UnreadOption = False,
    waiting_longer_than: options.WaitingOption = None,
    failed: options.FailedOption = False,
    handed_off: options.HandedOffOption = False,
    snoozed: options.SnoozedOption = None,
    order: options.OrderOption = None,
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's tickets: the open ones, longest waiting first. Tickets must match all filters."""
    narrow = bool(query or text or customer)
    request = ticket_service_pb2.ListTicketsRequest(
        workspace_id=session.workspace_id,
        states=_states(state, narrow),
        assignees=[await find_assignee(session, wanted) for wanted in assignee or ()],
        channel_id=(await find_channel(session, channel)).channel_id if channel else "",
        customer=customer,
        query=query,
        text=text,
        priorities=[wanted.to_proto() for wanted in priority or ()],
        tags=tag or (),
        unread=unread,
        waiting_longer_than=waiting_longer_than,
        has_failed_reply=failed,
        handed_off=handed_off,
        snoozed=snoozed,
        order_by=(order or (TicketOrder.CREATED if narrow else TicketOrder.WAITING)).to_proto(),
    )
    tickets, said = await _listed(session, request, Pages(limit, page_token, all_pages))
    await _show(session, tickets, said, only_open=list(request.states) == [ticket_service_pb2.TICKET_STATE_OPEN])


async def _listed(
    session: Session, request: ticket_service_pb2.ListTicketsRequest, pages: Pages
) -> tuple[list[ticket_service_pb2.Ticket], dict[str, str]]:
    """The tickets, and by their ids where the words of `request.text` stand in the text that was found."""
    texts: dict[str, str] = {}

    def taken(page: ticket_service_pb2.ListTicketsResponse) -> Sequence[ticket_service_pb2.Ticket]:
        texts.update((message.ticket_id, message.text) for message in page.found_messages)
        return page.tickets

    tickets = await listed(session, session.services.tickets.ListTickets, request, taken, pages)
    wanted = wanted_words(request.text)
    return tickets, {ticket: "".join(part.text for part in excerpt(text, wanted)) for ticket, text in texts.items()}


async def _show(
    session: Session, tickets: Sequence[ticket_service_pb2.Ticket], said: Mapping[str, str], only_open: bool
) -> None:
    """`said`: of tickets by their ids, in place of the newest message."""
    if session.settings.as_json:
        return output.emit_json(tickets)
    names = await agent_names(session, {ticket.assignee.agent_id for ticket in tickets})
    headers = ["#", "State", "Customer", "Subject", "Assignee", "Texts", "Waits since"]
    nothing = f"No such ticket in the workspace {session.workspace_id}."
    if only_open:
        nothing = f"No open ticket in the workspace {session.workspace_id}. All others: --state any"
    rows = [_row(ticket, said.get(ticket.ticket_id, ticket.last_message_preview), names) for ticket in tickets]
    return output.show_table(headers, rows, nothing)


def _states(asked: Sequence[ListedState] | None, narrow: bool) -> list[ticket_service_pb2.TicketState.ValueType]:
    """None is any state."""
    chosen = asked or ([ListedState.ANY] if narrow else [ListedState.OPEN])
    return [] if ListedState.ANY in chosen else [TicketState(state.value).to_proto() for state in chosen]


def _row(ticket: ticket_service_pb2.Ticket, said: str, names: Mapping[str, str]) -> Sequence[output.Cell]:
    unread = ("unread",) if ticket.unread else ()
    return (
        str(ticket.number),
        (ticket_state_name(ticket), priority_name(ticket.priority), *unread),
        (ticket.customer_display_name, ticket.customer_address),
        (ticket.subject, said) if said not in ("", ticket.subject) else ticket.subject,
        (assignee_text(ticket.assignee, names), *hand_off_cell(ticket)),
        str(ticket.message_count),
        output.when_stacked(ticket, "waiting_since"),
    )
