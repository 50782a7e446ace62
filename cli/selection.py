"""Things by what people call them: a ticket by its number, a channel or a customer by its phone number."""

import re

from cli.connection import Session
from cli.failure import not_found, usage
from cli.paging import everything
from keva.ticket.v1 import channel_service_pb2, ticket_service_pb2
from servicekit import phone_numbers

_TICKET_NUMBER = re.compile(r"#?([1-9][0-9]{0,17})\Z")


async def find_ticket(session: Session, named: str) -> ticket_service_pb2.Ticket:
    """The ticket with that number (`12`, `#12`) or id (`tkt_…`) in the workspace. Raises CommandError."""
    workspace_id = session.settings.workspace
    if named.startswith("tkt_"):
        by_id = ticket_service_pb2.GetTicketRequest(workspace_id=workspace_id, ticket_id=named)
        return (await session.ask(session.tickets.GetTicket, by_id)).ticket
    match = _TICKET_NUMBER.match(named)
    if match is None:
        raise usage(f"{named!r} names no ticket.", "Name it by its number, such as 12, or by its id (tkt_…).")
    by_number = ticket_service_pb2.ListTicketsRequest(workspace_id=workspace_id, number=int(match[1]), page_size=1)
    tickets = (await session.ask(session.tickets.ListTickets, by_number)).tickets
    if not tickets:
        raise not_found(
            f"There is no ticket #{match[1]} in the workspace {workspace_id}.",
            "keva tickets list shows the tickets; another desk's take --workspace.",
        )
    return tickets[0]


async def find_ticket_id(session: Session, named: str) -> str:
    """The same ticket's id, without asking for what is an id already."""
    return named if named.startswith("tkt_") else (await find_ticket(session, named)).ticket_id


async def list_channels(session: Session) -> list[channel_service_pb2.Channel]:
    """All channels of the organization."""
    request = channel_service_pb2.ListChannelsRequest(organization_id=session.settings.organization, page_size=200)
    return await everything(session, session.channels.ListChannels, request, lambda page: page.channels)


async def find_channel(session: Session, named: str) -> channel_service_pb2.Channel:
    """The channel with that phone number or id (`chn_…`). Raises CommandError."""
    address = named if named.startswith("chn_") else phone_number(session, named)
    channels = [c for c in await list_channels(session) if address in (c.channel_id, c.phone_number)]
    if not channels:
        raise not_found(f"{named} is no channel.", "keva channels list shows the numbers that Keva answers.")
    if len(channels) > 1:
        ids = ", ".join(f"{channel.channel_id} ({channel.account_sid})" for channel in channels)
        raise usage(f"Several Twilio accounts have {address}.", f"Name the channel by its id: {ids}.")
    return channels[0]


async def find_customer(session: Session, named: str) -> ticket_service_pb2.Customer:
    """The customer with that phone number or id (`cus_…`) in the workspace. Raises CommandError."""
    workspace_id = session.settings.workspace
    if named.startswith("cus_"):
        by_id = ticket_service_pb2.GetCustomerRequest(workspace_id=workspace_id, customer_id=named)
        return (await session.ask(session.tickets.GetCustomer, by_id)).customer
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=workspace_id, address=named, page_size=1)
    customers = (await session.ask(session.tickets.ListCustomers, request)).customers
    if not customers:
        raise not_found(
            f"No customer of the workspace {workspace_id} has the number {named}.",
            "keva customers list shows the customers; another desk's take --workspace.",
        )
    return customers[0]


def phone_number(session: Session, text: str) -> str:
    """`text` as Keva writes addresses, under the default region. Raises CommandError."""
    address = phone_numbers.normalize(text, session.settings.region)
    if address is None:
        raise usage(f"{text!r} is no phone number.", "Write it like +15551234567 or (555) 123-4567.")
    return address.value
