"""What is checked of requests before anything is read: each check raises what is wrong, with the field's name."""

from datetime import datetime, timedelta
from unicodedata import category

from servicekit import phone_numbers
from servicekit.phone_numbers import AddressKind
from ticket_service import errors
from ticket_service.domain.addresses.phone_forms import as_networks_write
from ticket_service.domain.inbox.ticket_list import TicketFilter
from ticket_service.domain.ticket import (
    MAX_AGENT_ID_CHARACTERS,
    MAX_SUBJECT_CHARACTERS,
    Assignee,
    AssigneeKind,
)
from ticket_service.domain.ticket_changes import TicketEdit
from ticket_service.domain.workspace import MAX_DISPLAY_NAME_CHARACTERS

_MAX_REQUEST_ID_CHARACTERS = 128
_FEWEST_CHARACTERS = 3
_LATEST_SEND_TIME = timedelta(days=366)
_MAX_REASON_CHARACTERS = 200
_MAX_SEARCH_CHARACTERS = 1000
# Of a customer's name, e-mail address, city and so on.
MAX_CUSTOMER_CHARACTERS = 200
_MAX_OF_A_FILTER = 20


def normalized_address(text: str, region: str, field: str) -> str:
    """An address as people type it, normalised. Whatever may have written to us may be asked for; what has not even
    three letters or digits is a slip of the finger. Raises PHONE_NUMBER_INVALID."""
    address = phone_numbers.normalize(as_networks_write(text), region)
    if address is None or sum(c.isalnum() for c in address.value) < _FEWEST_CHARACTERS:
        return phone_numbers.require_e164(text, region, field)
    return address.value


def is_short_code(address: str) -> bool:
    """Whether a program texts from there, and no person."""
    known = phone_numbers.normalize(address, "ZZ")
    return known is not None and known.kind is AddressKind.SHORT_CODE


def require_text(text: str, limit: int) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID."""
    if not text.strip():
        raise errors.required("text")
    if len(text) > limit:
        raise errors.invalid("text", f"is longer than {limit} characters")


def require_region(region: str, field: str) -> str:
    """A region whose numbers are known, in capitals. Raises FIELD_INVALID."""
    if not phone_numbers.is_region(region.upper()):
        raise errors.invalid(field, "is not a known region; write it like US or GB")
    return region.upper()


def require_short_reason(reason: str, field: str = "reason") -> None:
    """Raises FIELD_INVALID."""
    if len(reason) > _MAX_REASON_CHARACTERS:
        raise errors.invalid(field, f"is longer than {_MAX_REASON_CHARACTERS} characters")


def require_request_id(request_id: str) -> None:
    """Raises FIELD_INVALID."""
    if len(request_id) > _MAX_REQUEST_ID_CHARACTERS:
        raise errors.invalid("request_id", f"is longer than {_MAX_REQUEST_ID_CHARACTERS} characters")


def require_send_time(send_time: datetime | None, now: datetime) -> None:
    """Raises FIELD_INVALID."""
    if send_time is not None and not now < send_time <= now + _LATEST_SEND_TIME:
        raise errors.invalid("send_time", "must be in the future, and within a year")


def require_assignee(assignee: Assignee) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID."""
    if assignee.kind is AssigneeKind.AGENT and not assignee.agent_id:
        raise errors.required("assignee.agent_id")
    if assignee.kind is not AssigneeKind.AGENT and assignee.agent_id:
        raise errors.invalid("assignee.agent_id", "can only be set with ASSIGNEE_KIND_AGENT")
    if len(assignee.agent_id) > MAX_AGENT_ID_CHARACTERS:
        raise errors.invalid("assignee.agent_id", f"is longer than {MAX_AGENT_ID_CHARACTERS} characters")


def require_edit(changes: TicketEdit, of: str = "ticket.") -> None:
    """`of` is where the fields are in the request. Raises FIELD_REQUIRED or FIELD_INVALID."""
    if changes.subject is not None and not changes.subject.strip():
        raise errors.required(f"{of}subject")
    if len(changes.subject or "") > MAX_SUBJECT_CHARACTERS:
        raise errors.invalid(f"{of}subject", f"is longer than {MAX_SUBJECT_CHARACTERS} characters")


def require_list(tickets: TicketFilter) -> None:
    """Raises FIELD_INVALID for a filter of tickets that cannot be used."""
    for field in ("query", "text"):
        if len(getattr(tickets, field)) > _MAX_SEARCH_CHARACTERS:
            raise errors.invalid(field, f"is longer than {_MAX_SEARCH_CHARACTERS} characters")
    for field in ("assignees", "tags"):
        if len(getattr(tickets, field)) > _MAX_OF_A_FILTER:
            raise errors.invalid(field, f"may have at most {_MAX_OF_A_FILTER} entries")
    if tickets.waiting_longer_than is not None:
        require_duration(tickets.waiting_longer_than, "waiting_longer_than")


def require_display_name(display_name: str, field: str) -> None:
    """Raises FIELD_REQUIRED or FIELD_INVALID."""
    if not display_name.strip():
        raise errors.required(field)
    if len(display_name) > MAX_DISPLAY_NAME_CHARACTERS:
        raise errors.invalid(field, f"is longer than {MAX_DISPLAY_NAME_CHARACTERS} characters")
    if any(category(character) == "Cc" for character in display_name):
        raise errors.invalid(field, "has a line break or another control character")


def require_duration(duration: timedelta, field: str) -> None:
    """Raises FIELD_INVALID."""
    if not timedelta(0) <= duration <= timedelta(days=3650):
        raise errors.invalid(field, "must be between 0 and 10 years")
