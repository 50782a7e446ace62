"""`keva customers show`."""

from cli.commands.customers.rows import CustomerArgument
from cli.session import Session
from cli.terminal import output
from client.selection import find_customer
from client.words.actors import actor_text
from client.words.customers import consent_text, location_text
from keva.ticket.v1 import ticket_service_pb2


async def show(session: Session, customer: CustomerArgument) -> None:
    """Show a customer: what is known of them, and whether they take texts, with where each consent came from."""
    found = await find_customer(session, customer)
    if session.settings.as_json:
        return output.emit_json(found)
    return _show_customer(found)


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
