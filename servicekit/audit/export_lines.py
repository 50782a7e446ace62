"""The lines of an export that are neither records nor heads."""

import json

from servicekit.audit.chain import Anchor


def anchor_line(anchor: Anchor, settled_before_ms: int) -> str:
    """The head of the organization's own chain when its export begins, and the time, in milliseconds since 1970, before
    which all records must be claimed by anchors: the first line of an export."""
    fields = {"anchor": anchor.as_fields(), "settled_before_ms": settled_before_ms}
    return json.dumps(fields, separators=(",", ":"))


def end_line(anchor: Anchor) -> str:
    """The same head when an export ends that took several parts, and may have met records that were written meanwhile:
    its last line."""
    return json.dumps({"end": anchor.as_fields()}, separators=(",", ":"))
