"""The lines of an export that are neither records nor heads: its first, which the active key signs, and its last."""

import json
from collections.abc import Mapping
from typing import Any

from servicekit.audit.chain import Anchor, Keys

_EXPORT = "keva audit export 1"


def export_line(organization_id: str, time_ms: int, settled_before_ms: int, keys: Keys) -> str:
    """Whose trail was exported, when, and before which time all records must be claimed by anchors; in milliseconds
    since 1970."""
    signed = (organization_id, time_ms, settled_before_ms, keys.active_id)
    fields = dict(zip(("organization_id", "time_ms", "settled_before_ms", "key_id"), signed, strict=True))
    seal = keys.sign(keys.active_id, _EXPORT, *signed)
    return json.dumps({"export": {**fields, "seal": seal}}, separators=(",", ":"))


def is_sealed(fields: Mapping[str, Any], keys: Keys) -> bool:
    """Whether an export line was signed with one of the keys. Raises KeyError."""
    signed = (fields["organization_id"], fields["time_ms"], fields["settled_before_ms"], fields["key_id"])
    seal = keys.sign(str(fields["key_id"]), _EXPORT, *signed)
    return seal is not None and seal == fields["seal"]


def end_line(anchor: Anchor) -> str:
    """The head of the organization's own chain when an export ends that took several parts, and may have met records
    that were written meanwhile."""
    return json.dumps({"end": anchor.as_fields()}, separators=(",", ":"))
