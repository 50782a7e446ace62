"""Texts that fit into so many SMS segments."""

from responder_service.language.sentences import sentences
from servicekit.segments import segment_count


def shortened(text: str, max_segments: int) -> str:
    """The sentences from the beginning of `text` that fit; empty when not even the first one does."""
    kept = sentences(text)
    while kept and segment_count(" ".join(kept)) > max_segments:
        kept.pop()
    return " ".join(kept)
