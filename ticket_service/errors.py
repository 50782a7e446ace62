"""The errors of keva.ticket.v1, each with its reason from error_reason.proto and what to do about it."""

from collections.abc import Mapping

from servicekit.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    KevaError,
    NotFound,
    PermissionDenied,
    Unavailable,
    invalid,
    required,
)
from ticket_service.domain.errors import (
    FieldInvalid,
    FirstTextLimitReached,
    LastAdministrator,
    ThreadHasLiveTicket,
    TicketClosed,
)
from ticket_service.outgoing_errors import first_text_limit_reached
from ticket_service.staff_errors import last_administrator

__all__ = ["invalid", "required"]


def of_rule(error: Exception) -> KevaError | None:
    """What callers get for a domain.errors.RuleBroken; None for any other exception. Nobody else translates them."""
    match error:
        case FieldInvalid():
            return invalid(error.field, error.why)
        case TicketClosed():
            return ticket_closed(error.ticket_id)
        case ThreadHasLiveTicket():
            return thread_has_live_ticket(error.ticket_id, error.live_ticket_id)
        case LastAdministrator():
            return last_administrator(error.agent_id)
        case FirstTextLimitReached():
            return first_text_limit_reached(error.limit, error.retry_time)
    return None


def ticket_not_found(ticket_id: str) -> NotFound:
    """No such ticket in the workspace that was named."""
    return NotFound("TICKET_NOT_FOUND", f"there is no ticket {ticket_id} in this workspace", ticket_id=ticket_id)


def customer_not_found(customer_id: str) -> NotFound:
    """No such customer in the workspace that was named."""
    return NotFound(
        "CUSTOMER_NOT_FOUND", f"there is no customer {customer_id} in this workspace", customer_id=customer_id
    )


def message_not_found(message_id: str) -> NotFound:
    """No such message in the workspace that was named."""
    return NotFound("MESSAGE_NOT_FOUND", f"there is no message {message_id} in this workspace", message_id=message_id)


def text_not_found(twilio_message_sid: str) -> NotFound:
    """Not stored yet, another organization's, or without such media."""
    return NotFound(
        "MESSAGE_NOT_FOUND",
        "this organization has no inbound text with this MessageSid and an attachment at this URL",
        twilio_message_sid=twilio_message_sid,
    )


def channel_not_found(channel_id: str) -> NotFound:
    """No such channel in the organization that was named."""
    return NotFound(
        "CHANNEL_NOT_FOUND", f"there is no channel {channel_id} in this organization", channel_id=channel_id
    )


def workspace_not_found(workspace_id: str, organization_id: str = "") -> NotFound:
    """No such workspace in the organization that was named; said by name, where the call had one."""
    where = f"the organization {organization_id}" if organization_id else "this organization"
    return NotFound(
        "WORKSPACE_NOT_FOUND", f"there is no workspace {workspace_id} in {where}", workspace_id=workspace_id
    )


def channel_already_exists(channel_id: str) -> AlreadyExists:
    """The number is subscribed already."""
    return AlreadyExists(
        "CHANNEL_ALREADY_EXISTS",
        f"this number is subscribed already, as {channel_id}; update or remove that channel",
        channel_id=channel_id,
    )


def channel_of_another_organization() -> AlreadyExists:
    """The number is subscribed already, elsewhere."""
    return AlreadyExists(
        "CHANNEL_ALREADY_EXISTS",
        "this number is subscribed already by another organization, which has the same Twilio account; remove it there "
        "first",
    )


def request_id_reused(request_id: str) -> AlreadyExists:
    """One request_id, two different requests."""
    return AlreadyExists(
        "REQUEST_ID_REUSED",
        f"request_id {request_id} was used before for another request; use a new one",
        request_id=request_id,
    )


def customer_forgotten(customer_id: str) -> FailedPrecondition:
    """Nothing is added to what is being erased."""
    return FailedPrecondition(
        "CUSTOMER_FORGOTTEN",
        f"customer {customer_id} was forgotten, which is final; the next text from that number makes a new customer",
        customer_id=customer_id,
    )


def ticket_erased(ticket_id: str) -> FailedPrecondition:
    """What would be added now would never be erased."""
    return FailedPrecondition(
        "TICKET_ERASED",
        f"the content of ticket {ticket_id} was erased for good; nothing can be added to it",
        ticket_id=ticket_id,
    )


def ticket_closed(ticket_id: str) -> FailedPrecondition:
    """A closed ticket is final."""
    return FailedPrecondition(
        "TICKET_CLOSED",
        f"ticket {ticket_id} is closed, which is final; the customer's next text opens a new one",
        ticket_id=ticket_id,
    )


def thread_has_live_ticket(ticket_id: str, live_ticket_id: str) -> FailedPrecondition:
    """Another ticket of the thread holds its slot."""
    return FailedPrecondition(
        "THREAD_HAS_LIVE_TICKET",
        f"ticket {ticket_id} cannot be reopened: {live_ticket_id} is live on the same thread; work on that one, or "
        "close it first",
        ticket_id=ticket_id,
        live_ticket_id=live_ticket_id,
    )


def channel_removed(channel_id: str) -> FailedPrecondition:
    """A reply needs the number that the customer texted."""
    return FailedPrecondition(
        "CHANNEL_NOT_FOUND",
        "the number that this customer texted is not subscribed any more; subscribe it again to reply",
        channel_id=channel_id,
    )


def recipient_opted_out() -> FailedPrecondition:
    """Twilio lets no text from that number pass."""
    return FailedPrecondition(
        "RECIPIENT_OPTED_OUT",
        "this customer has opted out of texts from this number; only they can change that, by texting START to it",
    )


def recipient_wants_no_texts() -> FailedPrecondition:
    """An agent noted it, for all of our numbers."""
    return FailedPrecondition(
        "RECIPIENT_WANTS_NO_TEXTS",
        "somebody noted that this customer wants no texts; `keva customers allow-texts` takes that back",
    )


def recipient_cannot_receive() -> FailedPrecondition:
    """No text can be sent to the customer's address."""
    return FailedPrecondition(
        "RECIPIENT_CANNOT_RECEIVE",
        "this sender is a name, or stands for a number that nobody shows: it cannot receive a reply",
    )


def message_too_long(characters: int, segments: int, limit: int) -> InvalidArgument:
    """Twilio refuses longer ones (its error 21617)."""
    what_to_do = f"at most {limit} characters can be sent as one message; shorten it, or set `split`"
    return _too_long(characters, segments, limit, what_to_do)


def message_too_long_to_split(characters: int, segments: int, limit: int, parts: int) -> InvalidArgument:
    """Nobody wants more messages at once, and carriers take a flood of them for spam."""
    what_to_do = f"at most {limit} characters of it can be sent, as {parts} messages; shorten it"
    return _too_long(characters, segments, limit, what_to_do)


def _too_long(characters: int, segments: int, limit: int, what_to_do: str) -> InvalidArgument:
    return InvalidArgument(
        "MESSAGE_TOO_LONG",
        f"the text has {characters} characters ({segments} segments); {what_to_do}",
        characters=str(characters),
        segments=str(segments),
        limit=str(limit),
    )


def phone_number_not_found(unasked: Mapping[str, str]) -> NotFound:
    """No Twilio account has such a number. `unasked`: accounts that cannot be asked, and the reasons."""
    others = ", ".join(f"{account_sid} ({reason})" for account_sid, reason in unasked.items())
    but = f"; these could not be asked: {others}" if others else ""
    return NotFound(
        "PHONE_NUMBER_NOT_FOUND",
        f"no connected Twilio account owns this number{but}; `keva numbers list` shows those that they own",
    )


def phone_number_not_sms_capable() -> FailedPrecondition:
    """The number is for voice only."""
    return FailedPrecondition(
        "PHONE_NUMBER_NOT_SMS_CAPABLE", "Twilio says that this number cannot receive SMS; choose another one"
    )


def twilio_account_not_found(account_sid: str) -> NotFound:
    """The account is not connected to the organization that was named."""
    return NotFound(
        "TWILIO_ACCOUNT_NOT_FOUND",
        "this Twilio account is not connected to this organization; `keva twilio connect` connects it",
        account_sid=account_sid,
    )


def no_agent_acts() -> FailedPrecondition:
    """What is read or unread is an agent's."""
    return FailedPrecondition(
        "NO_AGENT_ACTS", "only an agent has read and unread tickets; name the one who acts, in `keva-actor: agent:ID`"
    )


def attestation_invalid() -> PermissionDenied:
    """What anybody but sms_service may pass on is what sms_service has attested."""
    return PermissionDenied(
        "ATTESTATION_INVALID",
        "sms_service has not attested this, or not for this organization or workspace; have it verified again",
    )


# What sms_service says of what it needs itself, and what that means for whoever waits.
_BEHIND_SMS_SERVICE = {
    "STORE_UNAVAILABLE": "the database of sms_service does not answer",
    "CREDENTIALS_SERVICE_UNAVAILABLE": "credentials_service does not answer",
    "CREDENTIALS_STORE_UNAVAILABLE": "the database of credentials_service does not answer",
    "TWILIO_UNAVAILABLE": "Twilio cannot be reached",
    "OVERLOADED": "sms_service has too much to do",
}


def sms_service_unavailable(reason: str = "") -> Unavailable:
    """sms_service does not answer, or said with `reason` what is missing behind it."""
    what = _BEHIND_SMS_SERVICE.get(reason, "sms_service does not answer")
    sentence = f"{what}. The reply leaves by itself when that is over."
    return Unavailable("SMS_SERVICE_UNAVAILABLE", f"{what}; ask again in a moment", error_text=sentence)


def article_not_found(article_id: str) -> NotFound:
    """No such article in the workspace, or none that its responder shows."""
    return NotFound("ARTICLE_NOT_FOUND", f"there is no article {article_id} in this workspace", article_id=article_id)


def responder_unavailable() -> Unavailable:
    """No draft can be had now."""
    return Unavailable(
        "RESPONDER_UNAVAILABLE", "the service that drafts the AI's answers does not answer; ask again in a moment"
    )
