"""Words that we do not use, from the glossary, and where they stand all the same: `python -m tests.docs.words` lists
them in everything that people read: pages, protos, and the strings, docstrings and comments of the code."""

import io
import re
import tokenize
from collections.abc import Iterable, Iterator

from tests.docs.pages import ROOT, pages

CODE = (
    "protos",
    "gateway",
    "ticket_service",
    "sms_service",
    "credentials_service",
    "responder_service",
    "servicekit",
    "client",
    "cli",
    "dev",
    "deploy",
)
# "That is no error" for "that is not an error". "There is no …", "is no longer" and their kind are plain English.
_IS_NO = re.compile(r"(?<!there )\b(is|are|was|were) no (?!longer\b|more\b|other\b|one\b)\w+", re.IGNORECASE)
_ROW = re.compile(r"^\| (`[^|]+`) \| [^|]+ \|$", re.MULTILINE)


def banned() -> list[str]:
    """The first column of the table in the glossary."""
    glossary = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = glossary.partition("### Words that we do not use")[2].partition("\n#")[0]
    return [word for row in _ROW.findall(table) for word in re.findall(r"`([^`]+)`", row)]


def hits(text: str, words: Iterable[str]) -> Iterator[str]:
    """Each place in `text`, which may run over lines, where one of `words` stands, in any form: with a bit of what is
    around it."""
    text = " ".join(text.split())
    for word in words:
        for match in re.finditer(rf"\b{re.escape(word)}(s|ed|ing)?\b", text, re.IGNORECASE):
            yield f"{word}: …{text[max(0, match.start() - 40) : match.end() + 40]}…"


def denials(text: str) -> Iterator[str]:
    """Each "is no …" in `text` where "is not a …" is meant, with a bit of what is around it."""
    text = " ".join(text.split())
    for match in _IS_NO.finditer(text):
        yield f"{match[0]}: …{text[max(0, match.start() - 40) : match.end() + 40]}…"


def in_pages() -> Iterator[str]:
    """In the prose of every page."""
    words = banned()
    for page in pages():
        yield from (f"{page.path}: {hit}" for hit in (*hits(page.prose(), words), *denials(page.prose())))


def in_code(top: str) -> Iterator[str]:
    """In what is written for people within a file, or all files of a folder, given from the top of the repository."""
    words = banned()
    for name, text in _texts(top):
        yield from (f"{name}: {hit}" for hit in hits(text, words))


def denials_in_code(top: str) -> Iterator[str]:
    """As in_code, but each "is no …"."""
    for name, text in _texts(top):
        yield from (f"{name}: {hit}" for hit in denials(text))


def _texts(top: str) -> Iterator[tuple[str, str]]:
    """Each file's path from the top of the repository, and what is written for people in it."""
    root = ROOT / top
    for file in sorted([root] if root.is_file() else root.rglob("*")):
        if file.suffix in _READERS and "node_modules" not in file.parts:
            text = "\n".join(_READERS[file.suffix](file.read_text(encoding="utf-8")))
            yield str(file.relative_to(ROOT)), text


def _python(source: str) -> Iterator[str]:
    """Comments and strings. (F-strings too: Python 3.11 takes each as one string, later ones as pieces.)"""
    kinds = {tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in kinds:
            yield token.string.lstrip("# ")


def _proto(source: str) -> Iterator[str]:
    for line in source.splitlines():
        yield line.partition("//")[2]


def _comments(source: str) -> Iterator[str]:
    for line in source.splitlines():
        yield line.partition("#")[2]


_READERS = {".py": _python, ".proto": _proto, ".yaml": _comments, ".sh": _comments}


def main() -> None:
    """Prints all of them."""
    for hit in (*in_pages(), *(hit for top in CODE for hit in (*in_code(top), *denials_in_code(top)))):
        print(hit)


if __name__ == "__main__":
    main()
