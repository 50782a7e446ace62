"""Questions as an article has them: example questions under a section's heading, or a section of their own. Phone
numbers are masked: articles are read by many."""

import re

from client.questions.groups import Group, Question, words_of
from servicekit.logs import redact

_MOST_CHARACTERS = 300
_HEADING = re.compile(r"^#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
# What would make a heading, a list or a line of its own out of a sentence.
_AT_START = re.compile(r"^[\s#>*+\-=|`~]+")


def example_question(question: Question) -> str:
    """`Q: …`, on one line."""
    return f"Q: {_line(words_of(question))}"


def new_section(group: Group) -> str:
    """A section whose heading is the question, with what a person answered. Empty while nobody has."""
    if not group.answer:
        return ""
    examples = list(dict.fromkeys(map(example_question, group.questions)))
    answer = "\n".join(_AT_START.sub("", line) for line in redact(group.answer).splitlines()).strip()
    return "\n".join([f"## {_line(words_of(group.questions[0]))}", *examples, "", answer, ""])


def new_article(group: Group) -> str:
    """The same as a file of its own. Empty while nobody has answered."""
    section = new_section(group)
    title = _line(words_of(group.questions[0])).replace("\\", "").replace('"', "'")
    return f'---\ntitle: "{title}"\n---\n{section}' if section else ""


def as_markdown(group: Group) -> str:
    """What to take over, for somebody who copies it; empty while nobody has answered."""
    if group.used is None:
        return new_section(group)
    examples = dict.fromkeys(map(example_question, group.questions))
    return "\n".join([*examples, ""])


def with_example(article: str, section: str, line: str) -> str | None:
    """The article with one more example question, below those that are there; itself when it has that one already. None
    when it has no such section."""
    lines = article.split("\n")
    if line in lines:
        return article
    start = _start_of(section, lines)
    if start is None:
        return None
    while start < len(lines) and lines[start].startswith("Q:"):
        start += 1
    return "\n".join([*lines[:start], line, *lines[start:]])


def _start_of(section: str, lines: list[str]) -> int | None:
    """The place of the line below a heading, or below the front matter."""
    fences = 0
    ends = [place for place, line in enumerate(lines) if line.rstrip() == "---"]
    body = ends[1] + 1 if len(ends) > 1 else None
    if body is None or not section:
        return body
    for place, line in enumerate(lines[body:], body):
        fences += bool(_FENCE.match(line))
        heading = _HEADING.match(line)
        if heading and fences % 2 == 0 and _plain(heading.group(1)) == _plain(section):
            return place + 1
    return None


def _plain(heading: str) -> str:
    """Without marks, which whoever reads articles takes away."""
    return " ".join(re.sub(r"[*_`]", "", heading).split())


def _line(text: str) -> str:
    return redact(_AT_START.sub("", " ".join(text.split())))[:_MOST_CHARACTERS]
