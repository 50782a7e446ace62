"""Texts that fit into so many SMS segments."""

import re

from servicekit.segments import segment_count

# What looks like the end of a sentence after a single letter is an abbreviation: "a.m.", "z. B.".
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])(?<!\b\w\.)\s+|(?<=[。！？])")


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    return _BETWEEN_SENTENCES.split(text.strip())


def shortened(text: str, max_segments: int) -> str:
    """The sentences from the beginning of `text` that fit; empty when not even the first one does."""
    kept = sentences(text)
    while kept and segment_count(" ".join(kept)) > max_segments:
        kept.pop()
    return " ".join(kept)
