"""`keva customers list`."""

from typing import Annotated

import typer

from cli.commands.customers.rows import HEADERS, row
from cli.session import Session
from cli.terminal import output
from cli.terminal.pages import AllOption, LimitOption, Pages, PageTokenOption, listed
from keva.ticket.v1 import ticket_service_pb2

NumberOption = Annotated[
    str,
    typer.Option(
        "--number", metavar="NUMBER", help='Only the customer with this phone number, such as "(555) 123-4567"'
    ),
]
TextOption = Annotated[
    str,
    typer.Option(
        metavar="WORDS",
        help="Only customers with all these words, or words that begin so, in name or e-mail address; three digits or "
        "more may be any part of the phone number",
    ),
]
BlockedOption = Annotated[bool, typer.Option("--blocked", help="Only who is blocked")]


async def list_customers(
    session: Session,
    number: NumberOption = "",
    text: TextOption = "",
    blocked: BlockedOption = False,
    limit: LimitOption = 50,
    page_token: PageTokenOption = "",
    all_pages: AllOption = False,
) -> None:
    """List the workspace's customers, newest first. Customers must match all filters."""
    request = ticket_service_pb2.ListCustomersRequest(
        workspace_id=session.workspace_id, address=number, text=text, blocked=blocked
    )
    pages = Pages(limit, page_token, all_pages)
    found = await listed(session, session.services.tickets.ListCustomers, request, lambda page: page.customers, pages)
    if session.settings.as_json:
        return output.emit_json(found)
    empty = f"No such customer in the workspace {session.workspace_id}."
    return output.show_table(HEADERS, [row(customer) for customer in found], empty)
