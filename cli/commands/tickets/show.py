"""`keva tickets show`."""

from collections.abc import Mapping

from cli.commands.tickets.conversation import show_conversation
from cli.commands.tickets.customers import customer_of
from cli.commands.tickets.hand_off import hand_off_sentence
from cli.commands.tickets.ticket_argument import TicketArgument
from cli.commands.tickets.work.snooze import snoozed_text
from cli.session import Session
from cli.terminal import output
from client.lists import agent_names, list_messages
from client.selection import find_ticket
from client.words.actors import assignee_text
from client.words.customers import location_text, no_texts_text
from client.words.enums import priority_name, ticket_state_name
from keva.ticket.v1 import actor_pb2, ticket_service_pb2


async def show(session: Session, ticket: TicketArgument) -> None:
    """Show a ticket with its conversation, and what became of each reply."""
    found = await find_ticket(session, ticket)
    customer = await customer_of(session, found.customer_id)
    messages = await list_messages(session, found.ticket_id)
    if session.settings.as_json:
        return output.emit_json({"ticket": found, "customer": customer, "messages": messages})
    writers = {message.author.id for message in messages if message.author.kind == actor_pb2.ACTOR_KIND_AGENT}
    mentioned = {agent for message in messages for agent in message.mentions}
    names = await agent_names(session, {found.assignee.agent_id, *writers, *mentioned})
    _show_ticket(found, customer, names)
    return show_conversation(customer.display_name, messages, names)


def _show_ticket(
    ticket: ticket_service_pb2.Ticket, customer: ticket_service_pb2.Customer, names: Mapping[str, str]
) -> None:
    output.say(f"Ticket #{ticket.number}  {ticket.subject}", style="bold")
    output.show_fields(
        [
            ("State", ticket_state_name(ticket)),
            ("Priority", priority_name(ticket.priority)),
            ("Assignee", assignee_text(ticket.assignee, names)),
            ("Handed off", hand_off_sentence(ticket)),
            ("Tags", ", ".join(ticket.tags)),
            ("Put aside", snoozed_text(ticket)),
            ("Answer due", _due(ticket)),
            ("Customer", f"{customer.display_name}  {ticket.customer_address}".strip()),
            ("E-mail", customer.email),
            ("Location", location_text(customer)),
            ("Opted out", no_texts_text(customer, ticket.channel_address)),
            ("Our number", ticket.channel_address),
            ("Created", output.when(ticket, "create_time")),
            ("Changed", output.when(ticket, "update_time")),
            ("Resolved", output.when(ticket, "resolve_time")),
            ("Closed", output.when(ticket, "close_time")),
            ("Id", ticket.ticket_id),
        ]
    )


def _due(ticket: ticket_service_pb2.Ticket) -> str:
    """Until when the customer is to be answered."""
    first = ticket.HasField("first_answer_due_time")
    return output.when(ticket, "first_answer_due_time" if first else "next_answer_due_time")
