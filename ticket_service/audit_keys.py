"""The keys that sign the audit trail, from files."""

from servicekit.audit.chain import Keys
from servicekit.audit.key_files import load_keys
from servicekit.key_files import KeyFilesError
from ticket_service.settings import TicketServiceSettings


def audit_keys(settings: TicketServiceSettings) -> Keys:
    """Ends the process, saying what to do, when the keys cannot be used: what cannot be signed must not be written."""
    try:
        return load_keys(
            settings.audit_keys_dir, settings.active_audit_key_id, "KEVA_AUDIT_KEYS_DIR", "KEVA_ACTIVE_AUDIT_KEY_ID"
        )
    except KeyFilesError as error:
        raise SystemExit(str(error)) from None
