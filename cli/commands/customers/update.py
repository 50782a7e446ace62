"""`keva customers update`."""

from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.commands.customers.rows import CustomerArgument, show_changed
from cli.session import Session
from client.failure import unusable
from client.selection import find_customer
from keva.ticket.v1 import ticket_service_pb2


async def update(
    session: Session,
    customer: CustomerArgument,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The customer's name")] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="E-mail address")] = None,
    city: Annotated[str | None, typer.Option(metavar="CITY", help="City")] = None,
    state: Annotated[str | None, typer.Option(metavar="STATE", help="State or province")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Two letters, such as US")] = None,
    zip_code: Annotated[str | None, typer.Option("--zip", metavar="CODE", help="Postal code")] = None,
) -> None:
    """Change what is known about a customer. What Twilio reports later does not overwrite it."""
    values: dict[str, Any] = {"display_name": name, "email": email, "city": city, "state": state}
    values |= {"country": country, "zip": zip_code}
    given = {field: value for field, value in values.items() if value is not None}
    if not given:
        raise unusable("Nothing to change.", "See keva customers update --help for what can be changed.")
    customer_id = (await find_customer(session, customer)).customer_id
    request = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=session.workspace_id,
        customer=ticket_service_pb2.Customer(customer_id=customer_id, **given),
        update_mask=FieldMask(paths=list(given)),
    )
    show_changed(session, (await session.ask(session.services.tickets.UpdateCustomer, request)).customer)
