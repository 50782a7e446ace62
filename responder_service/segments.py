"""How many SMS segments a text takes, by GSM-7 and UCS-2 rules (160 or 153, 70 or 67 characters each)."""

import re

import smsutil

# What looks like the end of a sentence after a single letter is an abbreviation: "a.m.", "z. B.".
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])(?<!\b\w\.)\s+|(?<=[。！？])")


def segment_count(text: str) -> int:
    """The segments that Twilio bills for `text`."""
    return len(smsutil.split(text).parts)


def shortened(text: str, max_segments: int) -> str:
    """The sentences from the beginning of `text` that fit; empty when not even the first one does."""
    sentences = _BETWEEN_SENTENCES.split(text.strip())
    while sentences and segment_count(" ".join(sentences)) > max_segments:
        sentences.pop()
    return " ".join(sentences)
