"""How data is shown to a model: inside a fence that no text can close. Its name is drawn for each request, and every
line in it is one JSON string in which "<" cannot occur."""

import json
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    """What is sent: the instructions, and one message that holds all data."""

    instructions: str
    data: str


def write(instructions: str, blocks: Mapping[str, Iterable[Mapping[str, object]]], closing: str) -> Prompt:
    """A prompt with these blocks of objects, each under its name. Every call draws another fence."""
    fence = secrets.token_hex(8)
    fenced = [_block(name, fence, map(_json, objects)) for name, objects in blocks.items()]
    return Prompt(instructions, "\n\n".join([*fenced, closing]))


def _block(name: str, fence: str, lines: Iterable[str]) -> str:
    return "\n".join([f"<{name}-{fence}>", *lines, f"</{name}-{fence}>"])


def _json(fields: Mapping[str, object]) -> str:
    """One line in which no text can end a string, begin a line or write a tag."""
    text = json.dumps(fields, ensure_ascii=False)
    for character in "<>\u2028\u2029\x85":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def printable(text: str) -> str:
    """`text` without what cannot be seen: hidden characters carry hidden instructions. Lines and tabs become spaces."""
    return "".join(" " if c in "\r\n\t" else c for c in text if c in "\r\n\t" or unicodedata.category(c)[0] != "C")
