"""Things by what people call them: a ticket by its number, a channel or a customer by its phone number."""

import re

from client.failure import Failure, FailureKind, not_found, unusable
from client.lists import list_agents, list_channels
from client.session import Session
from client.words.actors import ME, names_agent
from keva.ticket.v1 import agent_service_pb2, channel_service_pb2, routing_pb2, ticket_service_pb2

_TICKET_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})\Z")

# Of whatever texts, or is texted: less is a slip of the finger.
_FEWEST_CHARACTERS = 3


async def find_ticket(session: Session, named: str) -> ticket_service_pb2.Ticket:
    """The ticket with that number (`12`, `#12`) or id (`tkt_…`) in the session's workspace. Raises Failure."""
    workspace_id = session.workspace_id
    if named.startswith("tkt_"):
        by_id = ticket_service_pb2.GetTicketRequest(workspace_id=workspace_id, ticket_id=named)
        return (await session.ask(session.services.tickets.GetTicket, by_id)).ticket
    match = _TICKET_NUMBER.match(named)
    if match is None:
        raise unusable(f"{named!r} is not a ticket.", "Name it by its number, such as 12, or by its id (tkt_…).")
    by_number = ticket_service_pb2.ListTicketsRequest(workspace_id=workspace_id, number=int(match[1]), page_size=1)
    tickets = (await session.ask(session.services.tickets.ListTickets, by_number)).tickets
    if not tickets:
        message = f"There is no ticket #{match[1]} in the workspace {workspace_id}."
        raise not_found(message, reason="TICKET_NOT_FOUND")
    return tickets[0]


async def find_ticket_id(session: Session, named: str) -> str:
    """The same ticket's id, without asking for what is an id already. Raises Failure."""
    return named if named.startswith("tkt_") else (await find_ticket(session, named)).ticket_id


async def find_channel(session: Session, named: str) -> channel_service_pb2.Channel:
    """The channel with that phone number or id (`chn_…`) in the organization. Raises Failure."""
    address = named if named.startswith("chn_") else phone_number(session, named)
    channels = [c for c in await list_channels(session) if address in (c.channel_id, c.phone_number)]
    if not channels:
        raise not_found(f"{named} is not a channel.", reason="CHANNEL_NOT_FOUND")
    if len(channels) > 1:
        ids = ", ".join(f"{channel.channel_id} ({channel.account_sid})" for channel in channels)
        raise unusable(f"Several Twilio accounts have {address}.", f"Name the channel by its id: {ids}.")
    return channels[0]


async def find_customer(session: Session, named: str) -> ticket_service_pb2.Customer:
    """The customer with that phone number or id (`cus_…`) in the session's workspace. Raises Failure."""
    workspace_id = session.workspace_id
    if named.startswith("cus_"):
        by_id = ticket_service_pb2.GetCustomerRequest(workspace_id=workspace_id, customer_id=named)
        return (await session.ask(session.services.tickets.GetCustomer, by_id)).customer
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=workspace_id, address=named, page_size=1)
    customers = (await session.ask(session.services.tickets.ListCustomers, request)).customers
    if not customers:
        message = f"No customer of the workspace {workspace_id} has that number."
        raise not_found(message, reason="CUSTOMER_NOT_FOUND")
    return customers[0]


async def find_agent(session: Session, named: str) -> agent_service_pb2.Agent:
    """The agent with that e-mail address or id (`agt_…`), deactivated ones too; `me` is the one who acts. Raises
    Failure."""
    if "@" not in named:
        by_id = agent_service_pb2.GetAgentRequest(
            organization_id=session.organization_id, agent_id=await find_agent_id(session, named)
        )
        return (await session.ask(session.services.agents.GetAgent, by_id)).agent
    agents = await list_agents(session, email=named, show_deactivated=True)
    if not agents:
        raise not_found(
            f"No agent of the organization {session.organization_id} has the e-mail address {named}.",
            reason="AGENT_NOT_FOUND",
        )
    return agents[0]


async def find_agent_id(session: Session, named: str) -> str:
    """The same agent's id, without asking for what is an id already. Raises Failure."""
    if named.lower() == ME:
        if session.actor.kind != "agent":
            raise Failure(
                FailureKind.UNUSABLE,
                f"{session.actor} is not an agent, so nobody is `me`.",
                "Say as whom you act, by e-mail address or id.",
                reason="NO_AGENT_ACTS",
            )
        return session.actor.id
    named = named.removeprefix("agent:")
    return (await find_agent(session, named)).agent_id if "@" in named else named


async def find_assignee(session: Session, assignee: routing_pb2.Assignee) -> routing_pb2.Assignee:
    """The assignee, by id where words.actors.assignee_from_text has left another name. Raises Failure."""
    if not names_agent(assignee.agent_id):
        return assignee
    return routing_pb2.Assignee(kind=assignee.kind, agent_id=await find_agent_id(session, assignee.agent_id))


def phone_number(session: Session, text: str) -> str:
    """`text` as Keva writes phone numbers, in the session's region if it names no country. Raises Failure."""
    from servicekit import phone_numbers  # noqa: PLC0415 - most commands name no number, and it takes long to import

    address = phone_numbers.normalize(text, session.region)
    if address is None or sum(c.isalnum() for c in address.value) < _FEWEST_CHARACTERS:
        raise unusable(f"{text!r} is not a phone number.", "Write it like +15551234567 or (555) 123-4567.")
    return address.value
