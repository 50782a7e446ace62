"""Writes docs/reasons.md from the comments of the error_reason.proto files: `make docs`. A test compares."""

import re
from collections.abc import Iterator
from pathlib import Path

_TOP = Path(__file__).parents[1]
FILE = _TOP / "docs" / "reasons.md"
_PROTOS = _TOP / "protos"
_REASON = re.compile(r"((?: *//.*\n)+) *ERROR_REASON_(\w+) = [1-9]\d*;")
# What a comment begins with: the status, which may have more to it, such as where it is another one.
_STATUS = re.compile(r"([A-Z]+(?:_[A-Z]+)*\b[^.]*)\. (.*)")
_OPENING = """\
# Reasons

`make docs` writes this page from the comments in `error_reason.proto` of each package.

An error of a gRPC call has a status and a reason: `reason` of its `google.rpc.ErrorInfo`, whose domain is
`keva.support`. Go by the reason, never by the text, which may change. `metadata` of the same ErrorInfo has the values
that are named here. A reason without a status refuses one of the things that a call brings, and not the call.
"""


def render() -> str:
    """The whole page."""
    files = sorted(_PROTOS.glob("keva/*/v1/error_reason.proto"), key=lambda file: file.parts[-3] != "ticket")
    return "\n".join([_OPENING, *(section(file.parts[-3], file.read_text(encoding="utf-8")) for file in files)])


def section(package: str, proto: str) -> str:
    """The part of the page on the reasons in `proto`, by name."""
    rows = [f"| `{name}` | {status} | {meaning} |" for name, status, meaning in sorted(reasons(proto))]
    return "\n".join([f"## `keva.{package}.v1`", "", "| reason | status | what it is |", "|---|---|---|", *rows, ""])


def reasons(proto: str) -> Iterator[tuple[str, str, str]]:
    """Each one's name, status (`none` where no call is refused) and meaning."""
    for comment, name in _REASON.findall(proto):
        text = " ".join(line.strip().removeprefix("//").strip() for line in comment.splitlines()).replace("|", "\\|")
        known = _STATUS.fullmatch(text)
        yield (name, known[1], known[2]) if known else (name, "none", text)


def main() -> None:
    """Writes the page."""
    FILE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
