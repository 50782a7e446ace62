"""Where sentences end."""

import re

# What looks like the end of a sentence after a single letter is an abbreviation: "a.m.", "z. B.".
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])(?<!\b\w\.)\s+|(?<=[。！？])")


def sentences(text: str) -> list[str]:
    """The sentences of `text`."""
    return _BETWEEN_SENTENCES.split(text.strip())


def gist(text: str, most: int) -> str:
    """At most so many characters of what a customer wrote: what they ask, and else the end of it."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    said = sentences(text)
    asking = " ".join(sentence for sentence in said if "?" in sentence or "？" in sentence)
    return (asking or said[-1])[-most:]
