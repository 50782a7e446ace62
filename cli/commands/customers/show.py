"""`keva customers show`."""

from cli.commands.customers.rows import CustomerArgument
from cli.session import Session
from cli.terminal import output
from client.paging import all_pages
from client.selection import find_customer
from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from keva.ticket.v1 import customer_note_pb2, ticket_service_pb2


async def show(session: Session, customer: CustomerArgument) -> None:
    """Show a customer: what is known of them, and whether they take texts, with where each consent came from. And
    the notes about them, newest first."""
    found = await find_customer(session, customer)
    request = customer_note_pb2.ListCustomerNotesRequest(
        workspace_id=session.workspace_id, customer_id=found.customer_id
    )
    notes = await all_pages(session, session.services.tickets.ListCustomerNotes, request, lambda page: page.notes)
    if session.settings.as_json:
        return output.emit_json({**output.as_plain(found), "notes": notes})
    _show_customer(found)
    for note in notes:
        output.say()
        output.say(f"Note {note.customer_note_id}  {output.when(note, 'create_time')}  {actor_text(note.actor)}")
        output.say_indented(note.text)
    return None


def _show_customer(customer: ticket_service_pb2.Customer) -> None:
    output.say(f"{customer.display_name}  {customer.address}", style="bold")
    output.show_fields(
        [
            ("E-mail", customer.email),
            ("Location", location_text(customer)),
            *(("Consent", _consent(consent)) for consent in customer.consents),
            ("Blocked", _block(customer)),
            ("Since", output.when(customer, "create_time")),
            ("Changed", output.when(customer, "update_time")),
            ("Forgotten", output.when(customer, "forget_time")),
            ("Erased", output.when(customer, "erase_time")),
            ("Id", customer.customer_id),
        ]
    )


def _consent(consent: ticket_service_pb2.Consent) -> str:
    return "  ".join(part for part in (output.when(consent, "consent_time"), consent_text(consent)) if part)


def _block(customer: ticket_service_pb2.Customer) -> str:
    if not customer.HasField("blocked_time"):
        return ""
    why = f': "{customer.block_reason}"' if customer.block_reason else ""
    return f"{output.when(customer, 'blocked_time')}  by {actor_text(customer.blocked_by)}{why}"
