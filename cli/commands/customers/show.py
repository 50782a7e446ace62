"""`keva customers show`."""

from cli.commands.customers.rows import CustomerArgument
from cli.session import Session
from cli.terminal import output
from client.paging import all_pages, one_page
from client.selection import find_customer
from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from keva.ticket.v1 import customer_note_pb2, message_pb2, ticket_service_pb2

_MOST_TEXTS = 20


async def show(session: Session, customer: CustomerArgument) -> None:
    """Show a customer: what is known of them, and whether they take texts, with where each consent came from. And
    the notes about them, newest first, and the last 20 texts of theirs that are on no ticket, such as those that came
    while they were blocked."""
    found = await find_customer(session, customer)
    request = customer_note_pb2.ListCustomerNotesRequest(
        workspace_id=session.workspace_id, customer_id=found.customer_id
    )
    notes = await all_pages(session, session.services.tickets.ListCustomerNotes, request, lambda page: page.notes)
    texts, more = await _texts_without_ticket(session, found.customer_id)
    if session.settings.as_json:
        return output.emit_json({**output.as_plain(found), "notes": notes, "texts_without_ticket": texts})
    _show_customer(found)
    for note in notes:
        output.say()
        output.say(f"Note {note.customer_note_id}  {output.when(note, 'create_time')}  {actor_text(note.actor)}")
        output.say_indented(note.text)
    for text in texts:
        output.say()
        output.say(f"Text on no ticket  {output.when(text, 'message_time')}")
        output.say_indented(_said(text))
    if more:
        output.say("\nOlder texts on no ticket are left out.")
    return None


async def _texts_without_ticket(session: Session, customer_id: str) -> tuple[list[message_pb2.Message], bool]:
    """The newest, and whether there are more."""
    request = ticket_service_pb2.ListTextsWithoutTicketRequest(
        workspace_id=session.workspace_id, customer_id=customer_id
    )
    rpc = session.services.tickets.ListTextsWithoutTicket
    texts, token = await one_page(session, rpc, request, lambda page: page.messages, size=_MOST_TEXTS)
    return texts, bool(token)


def _said(text: message_pb2.Message) -> str:
    count = len(text.media)
    attached = f"({count} attachment{'s' if count != 1 else ''})" if count else ""
    return "\n".join(part for part in (text.text, attached) if part)


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
