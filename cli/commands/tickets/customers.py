"""The customers of tickets."""

from cli.session import Session
from client.failure import Failure, FailureKind
from keva.ticket.v1 import ticket_service_pb2


async def customer_of(session: Session, customer_id: str) -> ticket_service_pb2.Customer:
    """The customer, or an empty one: a ticket outlives what is known of its customer."""
    request = ticket_service_pb2.GetCustomerRequest(workspace_id=session.workspace_id, customer_id=customer_id)
    try:
        return (await session.ask(session.services.tickets.GetCustomer, request)).customer
    except Failure as failure:
        if failure.kind is not FailureKind.NOT_FOUND:
            raise
        return ticket_service_pb2.Customer()
