"""`keva customers block` and `unblock`."""

from typing import Annotated

import typer

from cli.commands.customers.rows import CustomerArgument, show_changed
from cli.session import Session
from client.selection import find_customer
from keva.ticket.v1 import ticket_service_pb2

ReasonArgument = Annotated[str, typer.Argument(metavar="[REASON]", help="Why, for the support staff alone")]
AsBeforeOption = Annotated[
    bool, typer.Option("--as-before", help="Tickets that the block has resolved are what they were before it, too")
]


async def block(session: Session, customer: CustomerArgument, reason: ReasonArgument = "") -> None:
    """Block a customer: their texts are kept, and make no ticket and no work. Nobody can text them.

    Their open and pending tickets become resolved. Replies that are on their way still leave."""
    found = await find_customer(session, customer)
    request = ticket_service_pb2.BlockCustomerRequest(
        workspace_id=session.workspace_id, customer_id=found.customer_id, reason=reason
    )
    show_changed(session, (await session.ask(session.services.tickets.BlockCustomer, request)).customer)


async def unblock(session: Session, customer: CustomerArgument, as_before: AsBeforeOption = False) -> None:
    """Take back that a customer is blocked: their next text counts as any other. Tickets stay as they are."""
    found = await find_customer(session, customer)
    request = ticket_service_pb2.UnblockCustomerRequest(
        workspace_id=session.workspace_id, customer_id=found.customer_id, as_before=as_before
    )
    show_changed(session, (await session.ask(session.services.tickets.UnblockCustomer, request)).customer)
