"""The list of what credentials_service records in the audit trail. docs/audit.md shows it."""

from servicekit.audit.action import Action


class AuditAction(Action):
    """Every record of a credential also names its Account SID."""

    CREDENTIAL_CREATED = "credential.created", "credential", "A Twilio account was connected: the key that encrypts it."
    CREDENTIAL_VERSION_ADDED = (
        "credential.version_added",
        "credential",
        "Another Auth Token was added beside those in use: its version, and the key that encrypts it.",
    )
    CREDENTIAL_VERSION_DISABLED = (
        "credential.version_disabled",
        "credential",
        "An Auth Token is not used any more, and its secret is erased: its version.",
    )
    CREDENTIAL_TOKEN_REPLACED = (
        "credential.token_replaced",
        "credential",
        "The account was connected again: the version in use now, and those whose secrets were erased for it.",
    )
    CREDENTIAL_SHARED_KEY_ADDED = (
        "credential.shared_key_added",
        "credential",
        "A SharedKey, with which Twilio may sign webhooks, was added, or given again since it could not be decrypted: "
        "its id and algorithm.",
    )
    CREDENTIAL_SHARED_KEY_DELETED = (
        "credential.shared_key_deleted",
        "credential",
        "A SharedKey is not used any more, and its secret is erased: its id and algorithm.",
    )
    CREDENTIAL_DELETED = "credential.deleted", "credential", "A Twilio account was disconnected."
    KEYS_ROTATED = (
        "keys.rotated",
        "the key",
        "Secrets were encrypted with this key in place of older ones: which ones, and how many secrets of how many "
        "credentials.",
    )
