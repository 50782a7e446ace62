"""The errors of keva.credentials.v1, each with its reason from error_reason.proto."""

from servicekit.errors import AlreadyExists, FailedPrecondition, NotFound, Unavailable, invalid, required

__all__ = ["invalid", "required"]


def credential_not_found(account_sid: str) -> NotFound:
    """No credential of that account in that organization."""
    return NotFound(
        "CREDENTIAL_NOT_FOUND", f"there is no credential of Twilio account {account_sid}", account_sid=account_sid
    )


def version_not_found(version: int) -> NotFound:
    """The credential has no such version."""
    return NotFound("CREDENTIAL_VERSION_NOT_FOUND", f"this credential has no version {version}", version=str(version))


def already_exists(account_sid: str) -> AlreadyExists:
    """The account has a credential, here or in another organization: which, is not said."""
    return AlreadyExists(
        "CREDENTIAL_ALREADY_EXISTS",
        f"Twilio account {account_sid} has a credential already; add a version to it instead",
        account_sid=account_sid,
    )


def shared_key_not_found(shared_key_id: str) -> NotFound:
    """The credential has no such SharedKey."""
    return NotFound(
        "SHARED_KEY_NOT_FOUND", f"this account has no SharedKey {shared_key_id}", shared_key_id=shared_key_id
    )


def shared_key_already_exists(shared_key_id: str) -> AlreadyExists:
    """Which of the two is Twilio's is not known."""
    return AlreadyExists(
        "SHARED_KEY_ALREADY_EXISTS",
        f"this account has a SharedKey {shared_key_id} already, with another secret or algorithm; remove it first",
        shared_key_id=shared_key_id,
    )


def too_many_shared_keys(most: int) -> FailedPrecondition:
    """An account has a few: more are a mistake."""
    return FailedPrecondition(
        "TOO_MANY_SHARED_KEYS", f"this account has {most} SharedKeys already; remove those that Twilio has no more"
    )


def last_enabled_version() -> FailedPrecondition:
    """Without an enabled version the account's webhooks could not be verified."""
    return FailedPrecondition(
        "LAST_ENABLED_VERSION", "this is the last enabled version; add another first, or delete the credential"
    )


def unreadable(key_id: str) -> FailedPrecondition:
    """The record cannot be decrypted."""
    return FailedPrecondition(
        "CREDENTIAL_UNREADABLE",
        f"this credential cannot be decrypted: key {key_id} is not in the key ring, or the record was changed",
        key_id=key_id,
    )


def malformed(account_sid: str) -> FailedPrecondition:
    """Somebody changed the record in the database. It may be anybody's, and nobody may replace or remove it here."""
    return FailedPrecondition(
        "CREDENTIAL_MALFORMED",
        f"what is stored of account {account_sid} was changed in the database, and is not a credential any more: "
        "restore it there, or remove it there and connect the account again; the log of credentials_service says what "
        "is wrong",
        account_sid=account_sid,
    )


def key_ring_not_ready(key_id: str) -> Unavailable:
    """What is encrypted with that key now could not be read everywhere, or not after a restart."""
    return Unavailable(
        "KEY_RING_NOT_READY",
        f"nothing is encrypted with key {key_id} now: not every replica of credentials_service has it in a key ring "
        "that can be used; ask again in a minute",
        key_id=key_id,
    )
