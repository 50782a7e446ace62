"""`keva customers forget`."""

import asyncio
import itertools
from typing import Annotated

import typer

from cli.commands.customers.rows import CustomerArgument
from cli.session import Session
from cli.terminal import output
from client.failure import Failure
from client.selection import find_customer
from keva.ticket.v1 import ticket_service_pb2

_POLL_SECONDS = 0.5
_SAID_EVERY = 10
_WHAT_STAYS = (
    "What stays: ids, times, states and audit records, without texts and numbers.",
    "Not erased: Twilio's own log (delete the messages in its console or API), and backups until they expire.",
)


async def forget(
    session: Session,
    customer: CustomerArgument,
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
    try:
        forgotten = await _until_erased(session, forgotten)
    except Failure as failure:
        failure.add_note(
            f"The erasing goes on without this command; how far it is shows: keva customers forget {found.customer_id}"
        )
        raise
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
