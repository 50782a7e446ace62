"""The keys that sign the audit trail, from their folder."""

from pathlib import Path

from servicekit.audit.chain import Keys
from servicekit.key_files import KeyFilesError, read_keys


def load_keys(folder: Path, active_key_id: str, folder_setting: str, active_setting: str) -> Keys:
    """All keys of the folder. Raises KeyFilesError, naming the settings, when there is none, any is malformed, or it is
    not clear which is active."""
    try:
        keys = read_keys(folder)
    except KeyFilesError as error:
        raise KeyFilesError(f"{folder_setting}: {error}") from None
    if not active_key_id and len(keys) > 1:
        raise KeyFilesError(f"{active_setting}: say which of {', '.join(keys)} signs new records")
    active = active_key_id or next(iter(keys))
    if active not in keys:
        raise KeyFilesError(
            f"{active_setting}: there is no key {active} in {folder}, only {', '.join(keys)}; "
            "name one of those, or add the file"
        )
    return Keys(keys, active)
