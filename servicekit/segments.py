"""How many SMS segments a text takes, by GSM-7 and UCS-2 rules (160 or 153, 70 or 67 characters each)."""

import smsutil


def segment_count(text: str) -> int:
    """The segments that are billed for `text`."""
    return len(smsutil.split(text).parts)
