"""`keva customers`: whose phones texted."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from google.protobuf.field_mask_pb2 import FieldMask

from cli.command import command
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from client.failure import unusable
from client.selection import find_customer
from client.words.customers import location_text, no_texts_cell
from keva.ticket.v1 import ticket_service_pb2

group = typer.Typer()

_POLL_SECONDS = 0.5
_SAID_EVERY = 10
_WHAT_STAYS = (
    "What stays: ids, times, states and audit records, without texts and numbers.",
    "Not erased: Twilio's own log (delete the messages in its console or API), and backups until they expire.",
)
_HEADERS = ("Customer", "E-mail", "Location", "Opted out", "Since")


@command(group, "list")
async def list_customers(
    session: Session,
    number: Annotated[
        str,
        typer.Option(
            "--number", metavar="NUMBER", help='Only the customer with this phone number, such as "(555) 123-4567"'
        ),
    ] = "",
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's customers, newest first."""
    request = ticket_service_pb2.ListCustomersRequest(workspace_id=session.workspace_id, address=number)
    pages = Pages(limit, page_token, all_pages)
    found = await listed(session, session.services.tickets.ListCustomers, request, lambda page: page.customers, pages)
    if session.settings.as_json:
        return output.emit_json(found)
    empty = f"No such customer in the workspace {session.workspace_id}."
    return output.show_table(_HEADERS, [_row(customer) for customer in found], empty)


@command(group, "update")
async def update(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="A phone number or an id (cus_…)")],
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
    changed = (await session.ask(session.services.tickets.UpdateCustomer, request)).customer
    if session.settings.as_json:
        return output.emit_json(changed)
    return output.show_table(_HEADERS, [_row(changed)], "")


@command(group, "no-texts")
async def no_texts(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="A phone number or an id (cus_…)")],
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why, for the support staff alone")],
) -> None:
    """Note that a customer wants no texts: from then on nobody, and no machine, can text them from any number.

    Who texts STOP needs no note: they have opted out of that number already."""
    return await _set_consent(session, customer, no_texts=True, reason=reason)


@command(group, "allow-texts")
async def allow_texts(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="A phone number or an id (cus_…)")],
) -> None:
    """Take back that a customer wants no texts. Who has texted STOP stays opted out until they text START."""
    return await _set_consent(session, customer, no_texts=False)


async def _set_consent(session: Session, customer: str, no_texts: bool, reason: str = "") -> None:
    customer_id = (await find_customer(session, customer)).customer_id
    request = ticket_service_pb2.SetConsentRequest(
        workspace_id=session.workspace_id, customer_id=customer_id, no_texts=no_texts, reason=reason
    )
    changed = (await session.ask(session.services.tickets.SetConsent, request)).customer
    if session.settings.as_json:
        return output.emit_json(changed)
    return output.show_table(_HEADERS, [_row(changed)], "")


@command(group, "forget")
async def forget(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="A phone number or an id (cus_…)")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Erase what identifies a customer: name, number, texts, pictures, notes. Closes their tickets. Cannot be undone.

    Ctrl-C does not stop the erasing. Run the command again, with the customer's id, to see how far it is."""
    found = await find_customer(session, customer)
    if not found.HasField("forget_time") and not yes:
        output.confirm(
            f"Name, number, texts, pictures and notes of {found.display_name} ({found.address}) will be erased for "
            "good. Forget this customer?"
        )
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=session.workspace_id, customer_id=found.customer_id)
    forgotten = (await session.ask(session.services.tickets.ForgetCustomer, request)).customer
    output.remark(f"{found.customer_id} is forgotten. What is left of them is being erased …")
    forgotten = await _until_erased(session, forgotten)
    session.remarks += _WHAT_STAYS
    if session.settings.as_json:
        return output.emit_json(forgotten)
    return output.say(f"Erased: {found.customer_id}, {output.when(forgotten, 'erase_time')}")


async def _until_erased(session: Session, customer: ticket_service_pb2.Customer) -> ticket_service_pb2.Customer:
    request = ticket_service_pb2.GetCustomerRequest(workspace_id=session.workspace_id, customer_id=customer.customer_id)
    for asked in itertools.count(1):
        if customer.HasField("erase_time"):
            break
        await asyncio.sleep(_POLL_SECONDS)
        if asked % _SAID_EVERY == 0:
            output.remark("… still being erased; after Ctrl-C it goes on without this command")
        customer = (await session.ask(session.services.tickets.GetCustomer, request)).customer
    return customer


def _row(customer: ticket_service_pb2.Customer) -> Sequence[output.Cell]:
    return (
        (customer.display_name, customer.address),
        customer.email,
        location_text(customer),
        no_texts_cell(customer),
        output.when_stacked(customer, "create_time"),
    )
