"""The errors of keva.sms.v1, each with its reason from error_reason.proto. Twilio's own failures become such errors in
use_cases.provider_failures."""

import uuid
from datetime import timedelta

from servicekit.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    KevaError,
    NotFound,
    ResourceExhausted,
    Unavailable,
    invalid,
    required,
)

__all__ = ["invalid", "required"]

# Twilio's codes for an account that is suspended or closed, where it does not refuse the credentials (20003).
_NOT_ACTIVE = (20005, 90010)


def account_not_found(account_sid: str) -> NotFound:
    """The account is not connected to the organization that was named."""
    return NotFound(
        "TWILIO_ACCOUNT_NOT_FOUND",
        "this Twilio account is not connected to this organization; `keva twilio connect` connects it",
        account_sid=account_sid,
        error_text="The Twilio account is not connected. Ask an administrator to connect it.",
    )


def media_not_found(media_id: str) -> NotFound:
    """No such attachment, or another organization's."""
    return NotFound("MEDIA_NOT_FOUND", f"there is no attachment {media_id} in this organization", media_id=media_id)


def rotation_under_way() -> FailedPrecondition:
    """With a second new token nobody would know which of them Twilio will take."""
    return FailedPrecondition(
        "ROTATION_UNDER_WAY",
        "another new Auth Token is waiting to be promoted; finish that change with `keva twilio rotate --promote`, or "
        "drop it with `--cancel`",
    )


def no_rotation() -> FailedPrecondition:
    """Perhaps it is done already."""
    return FailedPrecondition(
        "NO_ROTATION", "no change of the Auth Token is under way; `keva twilio rotate --new` begins one"
    )


def auth_token_not_promoted() -> FailedPrecondition:
    """Forgetting the old token now would refuse every webhook."""
    return FailedPrecondition(
        "AUTH_TOKEN_NOT_PROMOTED",
        "Twilio still takes the old Auth Token, and signs webhooks with it; promote the new one at Twilio, then ask "
        "again",
    )


def auth_token_not_replaceable() -> FailedPrecondition:
    """Forgetting the stored one would refuse every webhook, if it is the one that signs."""
    return FailedPrecondition(
        "AUTH_TOKEN_NOT_PROMOTED",
        "Twilio still takes the Auth Token that is stored, and may sign webhooks with it; change it without losing any "
        "with `keva twilio rotate --new` (in the console: Rotate it), or ask again once Twilio refuses the stored one",
    )


def auth_token_promoted() -> FailedPrecondition:
    """Forgetting the new token now would refuse every webhook."""
    return FailedPrecondition(
        "AUTH_TOKEN_PROMOTED",
        "Twilio refuses the old Auth Token: the new one is promoted; finish with `keva twilio rotate --promote`",
    )


def account_taken() -> AlreadyExists:
    """The error does not say which organization has it."""
    return AlreadyExists("TWILIO_ACCOUNT_TAKEN", "this Twilio account is connected to another organization")


def credentials_refused(twilio_code: int, account_sid: str = "") -> FailedPrecondition:
    """Twilio does not take the pair, or not while the account is what it is. `account_sid` may be left out where nobody
    asks for several accounts."""
    if twilio_code in _NOT_ACTIVE:
        return account_not_active("suspended or closed", twilio_code, account_sid)
    return FailedPrecondition(
        "TWILIO_CREDENTIALS_REFUSED",
        f"Twilio refuses the Account SID {account_sid or 'of this account'} with its Auth Token; copy both again from "
        "the first page of the Twilio console (live credentials, not test ones; of the subaccount, if it is one), and "
        "see there whether the account is suspended or closed",
        account_sid=account_sid,
        twilio_code=str(twilio_code),
        error_text="Twilio refuses our credentials, or has suspended the account. Ask an administrator to look at it "
        "in the Twilio console, and to connect the account again if its Auth Token was changed.",
    )


def account_not_active(status: str, twilio_code: int = 0, account_sid: str = "") -> FailedPrecondition:
    """The pair is right, and Twilio has suspended or closed the account: it may say so without an error."""
    return FailedPrecondition(
        "TWILIO_CREDENTIALS_REFUSED",
        f"Twilio says that this account is {status}; see its state in the Twilio console",
        account_sid=account_sid,
        twilio_code=str(twilio_code),
        error_text="The Twilio account is not active. Ask an administrator to look at it in the Twilio console.",
    )


def send_in_progress() -> Aborted:
    """Another call has the message's lease."""
    return Aborted(
        "SEND_IN_PROGRESS",
        "this message is being sent right now; ask again in half a minute",
        error_text="An earlier attempt to send it is not over. Keva looks what came of it before it tries again.",
    )


def send_outcome_unknown(wait: timedelta = timedelta(0)) -> Aborted:
    """Twilio may have it. `wait`: until its log is worth asking again."""
    return Aborted(
        "SEND_OUTCOME_UNKNOWN",
        "Twilio's answer was lost; ask again: Keva looks into Twilio's log before it sends anything",
        error_text="Twilio did not say whether it took the text. Keva finds out before it sends it again.",
        **_retry_after(wait),
    )


def sender_stopped(twilio_code: int, sentence: str, wait: timedelta) -> FailedPrecondition:
    """Twilio refused the number, or the account, a moment ago. `wait`: until one message is tried."""
    return FailedPrecondition(
        "SENDER_STOPPED",
        f"nothing is sent from this number until Twilio's error {twilio_code} is fixed; `keva twilio list` says more",
        twilio_code=str(twilio_code),
        error_text=sentence,
        **_retry_after(wait),
    )


def sending_rate_exceeded(wait: timedelta) -> ResourceExhausted:
    """The message keeps its place in the line, which comes after `wait`."""
    return ResourceExhausted(
        "SENDING_RATE_EXCEEDED",
        "this number has sent as many texts as it may for now; ask again later",
        **_retry_after(wait),
    )


def _retry_after(wait: timedelta) -> dict[str, str]:
    milliseconds = round(wait.total_seconds() * 1000)
    return {"retry_after_ms": str(milliseconds)} if milliseconds > 0 else {}


def message_id_reused() -> InvalidArgument:
    """One message_id, two senders. Nothing of the other one is revealed."""
    return invalid("message_id", "belongs to another message")


def credentials_service_unavailable() -> Unavailable:
    """Without it nobody knows who signed a webhook."""
    return Unavailable("CREDENTIALS_SERVICE_UNAVAILABLE", "credentials_service does not answer; ask again")


def credentials_store_unavailable() -> Unavailable:
    """credentials_service answers, and has nothing to say."""
    return Unavailable(
        "CREDENTIALS_STORE_UNAVAILABLE", "the database of credentials_service does not answer; ask again"
    )


def ticket_service_unavailable() -> Unavailable:
    """What Twilio's log holds, and what was done, has nowhere to go."""
    return Unavailable("TICKET_SERVICE_UNAVAILABLE", "ticket_service does not answer; ask again")


def ticket_store_unavailable() -> Unavailable:
    """ticket_service answers, and can keep nothing."""
    return Unavailable("TICKET_STORE_UNAVAILABLE", "the database of ticket_service does not answer; ask again")


def of_ticket_service(error: KevaError) -> KevaError:
    """What it answered, as keva.sms.v1 has it."""
    if not isinstance(error, Unavailable):
        return error
    return ticket_store_unavailable() if error.reason == "STORE_UNAVAILABLE" else ticket_service_unavailable()


def backfill_in_progress() -> Aborted:
    """Somebody else has the number's lease."""
    return Aborted(
        "BACKFILL_IN_PROGRESS", "this number is being compared with Twilio's log right now; ask again in a moment"
    )


def channel_not_found() -> NotFound:
    """Only subscribed numbers are compared."""
    return NotFound("CHANNEL_NOT_FOUND", "this number is not subscribed; `keva channels add` subscribes it")


class CredentialUnreadable(Internal):
    """No Auth Token of the account can be decrypted, which is not a bug: connecting the account again repairs it."""


def credential_unreadable() -> CredentialUnreadable:
    """The account's key-encryption key is gone, or its record was changed. `error_id` is one to log."""
    error_id = uuid.uuid4().hex
    return CredentialUnreadable(
        "INTERNAL",
        "this account's stored Auth Token cannot be decrypted: bring its key back into the key ring, or connect the "
        f"account again (keva twilio connect); look for {error_id} in the log",
        error_id=error_id,
        error_text="The stored Twilio credentials cannot be read. Ask an administrator to connect the account again.",
    )


def credential_malformed(account_sid: str) -> FailedPrecondition:
    """Nobody can say any more what was stored: connecting the account again does not repair that."""
    return FailedPrecondition(
        "CREDENTIAL_MALFORMED",
        "what is stored of this account's credentials was changed in the database, and cannot be read: restore it "
        "there, or remove it there and connect the account again; the log of credentials_service says what is wrong",
        account_sid=account_sid,
        error_text="The stored Twilio credentials cannot be read. Whoever runs the database has to restore them.",
    )


def concurrent_connect() -> Aborted:
    """Two operators at once."""
    return Aborted("CONCURRENT_UPDATE", "somebody else changed this account at the same time; ask again")


def page_token_invalid() -> InvalidArgument:
    """The position in it is not one that was given out, or Twilio has forgotten it."""
    return InvalidArgument(
        "PAGE_TOKEN_INVALID", "page_token does not come from the page before; begin with the first page"
    )


def phone_number_not_found() -> NotFound:
    """Twilio lists no such number."""
    return NotFound("PHONE_NUMBER_NOT_FOUND", "this Twilio account has no such number")


def phone_number_not_sms_capable() -> FailedPrecondition:
    """No webhook changes that."""
    return FailedPrecondition("PHONE_NUMBER_NOT_SMS_CAPABLE", "this number cannot receive SMS")


def phone_number_routed_elsewhere(route: str, host: str) -> FailedPrecondition:
    """`host` is the other webhook's, empty for a TwiML app."""
    where = f"to a webhook at {host}" if host else "to a TwiML app" if route == "TWIML_APP" else "to another webhook"
    if route == "KEVA_INCOMPLETE":
        where = f"that fail to a webhook at {host or 'another address'}"
    return FailedPrecondition(
        "PHONE_NUMBER_ROUTED_ELSEWHERE",
        f"Twilio sends this number's texts {where}; ask with `replace` to take them over",
        route=route,
        host=host,
    )


def public_url_refused(twilio_code: int) -> FailedPrecondition:
    """The address is KEVA_PUBLIC_URL and a path of ours."""
    return FailedPrecondition(
        "PUBLIC_URL_REFUSED",
        f"Twilio does not take the webhook's address (error {twilio_code}); KEVA_PUBLIC_URL must be like "
        "https://sms.example.com, with a host name that can be looked up and has no underscore",
        twilio_code=str(twilio_code),
    )


def public_url_out_of_reach() -> FailedPrecondition:
    """Twilio would take the address, and call nobody."""
    return FailedPrecondition(
        "PUBLIC_URL_REFUSED",
        "KEVA_PUBLIC_URL is an address of this machine or network, which Twilio cannot reach; set it to the https "
        "address at which the gateway is reached from the internet",
        twilio_code="0",
    )
