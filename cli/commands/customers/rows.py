"""How commands name and show customers."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.session import Session
from cli.terminal import output
from client.words.customers import location_text, no_texts_cell
from keva.ticket.v1 import ticket_service_pb2

CustomerArgument = Annotated[str, typer.Argument(metavar="CUSTOMER", help="A phone number or an id (cus_…)")]
HEADERS = ("Customer", "E-mail", "Location", "Opted out", "Since")


def row(customer: ticket_service_pb2.Customer) -> Sequence[output.Cell]:
    """The customer in a table under HEADERS."""
    return (
        (customer.display_name, customer.address),
        customer.email,
        location_text(customer),
        no_texts_cell(customer),
        output.when_stacked(customer, "create_time"),
    )


def show_changed(session: Session, customer: ticket_service_pb2.Customer) -> None:
    """The customer after a change: one row, or JSON."""
    if session.settings.as_json:
        return output.emit_json(customer)
    return output.show_table(HEADERS, [row(customer)], "")
