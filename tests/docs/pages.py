"""The pages that people read, and what stands in them: links, code, prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"(?<!!)\[[^]]*\]\(([^()\s]+)\)")
_CODE_SPAN = re.compile(r"`([^`]+)`")
_FENCE = re.compile(r"^ *```")


@dataclass(frozen=True)
class Page:
    """A Markdown file; `path` is relative to the top of the repository."""

    path: str
    text: str

    def links(self) -> Iterator[str]:
        """Where its links lead to, as they are written."""
        for line in self._lines(code=False):
            yield from _LINK.findall(line)

    def anchors(self) -> set[str]:
        """What `page.md#…` may name: its headings, as GitHub makes anchors of them."""
        headings = [line.lstrip("#").strip() for line in self._lines(code=False) if line.startswith("#")]
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def code_spans(self) -> Iterator[str]:
        """What stands between backticks within prose, each on one line."""
        prose = "\n".join(self._lines(code=False))
        yield from (" ".join(span.split()) for span in _CODE_SPAN.findall(prose))

    def code_lines(self) -> Iterator[str]:
        """The lines of indented and fenced blocks, without what they are indented by."""
        yield from (line.strip() for line in self._lines(code=True))

    def prose(self) -> str:
        """The text without code and without the addresses of links."""
        text = _LINK.sub(lambda link: link[0].split("](")[0], "\n".join(self._lines(code=False)))
        return _CODE_SPAN.sub("", text)

    def _lines(self, code: bool) -> Iterator[str]:
        fenced = False
        after_blank = True
        in_block = False
        for line in self.text.splitlines():
            if _FENCE.match(line):
                fenced = not fenced
                continue
            indented = line.startswith("    ") and (after_blank or in_block)
            in_block = indented or (in_block and not line.strip())
            after_blank = not line.strip()
            if (fenced or indented) == code:
                yield line


def pages() -> list[Page]:
    """Every page of the repository that is written for people."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    files = [file for file in files if "node_modules" not in file.parts]
    return [Page(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in sorted(files)]
