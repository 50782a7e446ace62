"""`keva customers no-texts` and `allow-texts`."""

from typing import Annotated

import typer

from cli.commands.customers.rows import CustomerArgument, show_changed
from cli.session import Session
from client.selection import find_customer
from keva.ticket.v1 import ticket_service_pb2

WhyOption = Annotated[str, typer.Argument(metavar="REASON", help="Why, for the support staff alone")]
BasisOption = Annotated[
    str, typer.Argument(metavar="[REASON]", help="On which basis, such as a form that they signed; for the staff alone")
]


async def no_texts(session: Session, customer: CustomerArgument, reason: WhyOption) -> None:
    """Note that a customer wants no texts: from then on nobody, and no machine, can text them from any number.

    A customer who texts STOP needs no note: they have opted out of that number already."""
    await _set_consent(session, customer, no_texts=True, reason=reason)


async def allow_texts(session: Session, customer: CustomerArgument, reason: BasisOption = "") -> None:
    """Take back that a customer wants no texts, or note on which basis they take some.

    Without a reason, the basis that was known before the note counts again.
    A customer who has texted STOP to a number stays opted out of it until they text START."""
    await _set_consent(session, customer, no_texts=False, reason=reason)


async def _set_consent(session: Session, customer: str, no_texts: bool, reason: str) -> None:
    customer_id = (await find_customer(session, customer)).customer_id
    request = ticket_service_pb2.SetConsentRequest(
        workspace_id=session.workspace_id, customer_id=customer_id, no_texts=no_texts, reason=reason
    )
    show_changed(session, (await session.ask(session.services.tickets.SetConsent, request)).customer)
