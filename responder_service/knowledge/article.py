"""One article: a Markdown file with front matter, cut into sections at its headings. Lines "Q: …" under a heading are
example questions: no part of the answer."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_QUESTION = re.compile(r"^Q:\s*(.*?)\s*$")
_LANGUAGE = re.compile(r"[a-z]{2}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_KNOWN_FIELDS = ("title", "tags", "applies_to", "language")
# In this order: links become "text: URL", then marks go.
_MARKDOWN = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"<(https?://[^>\s]+)>"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)[^)]*\)"), r"\1: \2"),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)(.+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"`([^`]+)`"), r"\1"),
    # A list's items stand in a row: the first after its colon, the others after semicolons.
    (re.compile(r"\A\s*(?:[-*+]|\d+[.)])\s+|(?<=:)\s*\n\s*(?:[-*+]|\d+[.)])\s+"), " "),
    (re.compile(r"[;,.]?\s*\n\s*(?:[-*+]|\d+[.)])\s+"), "; "),
    (re.compile(r"^\s*>\s?", re.MULTILINE), ""),
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file: where (from 1), and what to do about it."""

    line: int
    what: str


class ArticleError(Exception):
    """A file that cannot be used; `problems` are all that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"line {problem.line}: {problem.what}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Section:
    """What stands under one heading, from `line` (from 1) of the file on. `heading` is empty for what stands before the
    first; `above` are the headings that it is under; `questions` are examples of what it answers, in customers'
    words."""

    heading: str
    text: str
    line: int = 1
    above: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """The first paragraph, as it can be texted: without Markdown, on one line."""
        return paragraphs(self.text)[0]


@dataclass(frozen=True)
class Article:
    """A whole article."""

    article_id: str
    title: str
    language: str = "en"
    tags: tuple[str, ...] = ()
    sections: tuple[Section, ...] = field(default_factory=tuple)
    applies_to: tuple[str, ...] = ()


def parse(article_id: str, source: str) -> Article:
    """The article in `source`. Raises ArticleError with all its problems."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    match = _FRONT_MATTER.match(source)
    if match is None:
        raise ArticleError([_no_front_matter(source)])
    fields, problems = _front_matter(match.group(1))
    first_line = source[: match.end()].count("\n") + 1
    body = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), source[match.end() :])
    sections, in_body = _sections(body, first_line)
    problems += in_body
    if not sections:
        problems.append(Problem(first_line, "write the answer below the front matter"))
    if problems:
        raise ArticleError(sorted(problems, key=lambda problem: problem.line))
    tags, applies_to = (tuple(str(word) for word in fields.get(name) or ()) for name in ("tags", "applies_to"))
    return Article(article_id, fields["title"].strip(), fields.get("language", "en"), tags, sections, applies_to)


def paragraphs(markdown: str) -> list[str]:
    """The paragraphs of a section's text, each as it can be texted: without Markdown, on one line."""
    return [plain(paragraph) for paragraph in markdown.split("\n\n")]


def plain(markdown: str) -> str:
    """The text of `markdown` without its marks, on one line; links keep their URL."""
    text = markdown
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def _front_matter(source: str) -> tuple[dict[str, Any], list[Problem]]:
    try:
        fields = yaml.safe_load(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        return {}, [Problem(line, f"is not valid YAML: {getattr(error, 'problem', None) or 'cannot be read'}")]
    except (ValueError, RecursionError):
        # Such as a date that does not exist, or brackets without end: yaml has no error of its own for them.
        return {}, [Problem(2, "has a value that cannot be read; put it in quotation marks")]
    if not isinstance(fields, dict):
        return {}, [Problem(2, "write front matter as names and values, such as title: Shipping")]
    return fields, _field_problems(fields, source)


def _field_problems(fields: dict[str, Any], source: str) -> list[Problem]:
    problems = []
    if not isinstance(fields.get("title"), str) or not fields["title"].strip():
        problems.append(Problem(_line_of("title", source), "give the article a title: title: Shipping"))
    for name in ("tags", "applies_to"):
        words = fields.get(name) or []
        if not isinstance(words, list) or not all(isinstance(word, str | int) for word in words):
            problems.append(Problem(_line_of(name, source), f"write {name} as a list: {name}: [delivery, canada]"))
    language = fields.get("language", "en")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        # YAML reads a bare `no` as false.
        problems.append(Problem(_line_of("language", source), 'write the language as ISO 639-1: language: "en"'))
    for name in fields:
        if name not in _KNOWN_FIELDS:
            problems.append(
                Problem(_line_of(str(name), source), f"{name} is not known; {', '.join(_KNOWN_FIELDS)} are")
            )
    return problems


def _line_of(name: str, source: str) -> int:
    """Where a field stands in the file, whose first line is ---."""
    for number, line in enumerate(source.split("\n"), 2):
        if line.split(":")[0].strip() == name:
            return number
    return 2


def _no_front_matter(source: str) -> Problem:
    if re.match(r"---[ \t]*\n", source):
        return Problem(1, "end the front matter with a line ---")
    return Problem(1, "begin with front matter: a line ---, then title: …, then a line ---")


def _sections(body: str, first_line: int) -> tuple[tuple[Section, ...], list[Problem]]:
    found: list[Section] = []
    problems: list[Problem] = []
    headings: list[tuple[int, str, int]] = [(0, "", first_line)]
    lines: list[str] = []
    questions: list[str] = []
    fence_line = 0
    for number, line in enumerate([*body.split("\n"), "# end"], first_line):
        if _FENCE.match(line):
            fence_line = 0 if fence_line else number
        if not fence_line and (question := _QUESTION.match(line)):
            questions.append(plain(question.group(1)))
            problems += [] if questions[-1] else [Problem(number, "write a question after Q:, or remove the line")]
            continue
        match = None if fence_line else _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        section, in_section = _section(headings, lines, questions)
        found += section
        problems += in_section
        level, heading = len(match.group(1)), plain(match.group(2) or "")
        if not heading:
            problems.append(Problem(number, "give the heading words, or remove its marks"))
        headings = [*(above for above in headings if above[0] < level), (level, heading, number)]
        lines, questions = [], []
    if fence_line:
        problems.append(Problem(fence_line, "close the code block: a line of the same marks"))
    return tuple(found), problems


def _section(
    headings: list[tuple[int, str, int]], lines: list[str], questions: list[str]
) -> tuple[list[Section], list[Problem]]:
    """What stands under the last of `headings`, if there is anything."""
    text = re.sub(r"\n[ \t]*\n+", "\n\n", "\n".join(lines)).strip()
    *above, (_, heading, line) = headings
    if not text:
        return [], [Problem(line, "write the answer below its example questions")] if questions else []
    titles = tuple(title for _, title, _ in above if title)
    return [Section(heading, text, line, titles, tuple(filter(None, questions)))], []
