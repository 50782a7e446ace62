"""What stands on a contact that somebody sent (vCard, RFC 6350 and those before it): a name, and how to reach them."""

import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MOST_BYTES = 64 * 1024
_MOST_LINES = 200
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Contact:
    """All as it stands there; empty where it does not."""

    name: str
    organization: str
    numbers: Sequence[str]
    emails: Sequence[str]


def read_contact(content: bytes) -> Contact:
    """The first contact of a file; an empty one for a file that has none."""
    found: dict[str, list[str]] = {}
    for name, value in _properties(content[:_MOST_BYTES]):
        if name == "END":
            break
        found.setdefault(name, []).append(value)
    first = {name: values[0] for name, values in found.items()}
    structured = " ".join(part for part in reversed(first.get("N", "").split(";")[:2]) if part)
    numbers = [number.removeprefix("tel:") for number in found.get("TEL", [])]
    return Contact(
        name=first.get("FN") or structured,
        organization=first.get("ORG", "").replace(";", " ").strip(),
        numbers=tuple(dict.fromkeys(numbers)),
        emails=tuple(dict.fromkeys(found.get("EMAIL", []))),
    )


def _properties(content: bytes) -> Iterator[tuple[str, str]]:
    """Name and value of each line; those that are folded are whole again."""
    text = re.sub(r"\r?\n[ \t]", "", content.decode("utf-8", "replace"))
    for line in text.splitlines()[:_MOST_LINES]:
        head, colon, value = line.partition(":")
        if not colon:
            continue
        name, *parameters = head.upper().split(";")
        if any("QUOTED-PRINTABLE" in parameter for parameter in parameters):
            value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
        yield name.rpartition(".")[2], _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
