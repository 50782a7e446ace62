"""Texts that fit into so many SMS segments."""

import re

from servicekit.segments import segment_count

# What looks like the end of a sentence after a single letter is an abbreviation: "a.m.", "z. B.".
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])(?<!\b\w\.)\s+|(?<=[。！？])")


def shortened(text: str, max_segments: int) -> str:
    """The sentences from the beginning of `text` that fit; empty when not even the first one does."""
    sentences = _BETWEEN_SENTENCES.split(text.strip())
    while sentences and segment_count(" ".join(sentences)) > max_segments:
        sentences.pop()
    return " ".join(sentences)
