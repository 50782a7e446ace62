"""Reads the files of this folder. They are constants of the program: a module reads its own when it is imported, so
that a process with a broken one does not start."""

import re
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

FOLDER = Path(__file__).parent
_PART = re.compile(r"\{([a-z_]+)\}")
_PLAINLY = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "dict_type": "must be a mapping, such as name: value",
    "model_type": "must be a mapping, such as name: value",
    "string_type": "must be a text",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "literal_error": "is not known here",
}


class DataError(Exception):
    """A file that cannot be used. The message names the file, and every entry with what is wrong with it."""


class Table(BaseModel):
    """What a file holds. Unknown names are refused: an entry under a misspelt one would count for nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


T = TypeVar("T")


def read(name: str, kind: type[T], folder: Path = FOLDER) -> T:
    """What the file `name` holds: a Table, or a mapping whose names are free. Raises DataError."""
    try:
        content = _Loader((folder / name).read_text(encoding="utf-8")).get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{name}: cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise DataError(f"{name}: is not valid YAML: {error}") from None
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        raise DataError("\n".join(f"{name}: {problem}" for problem in _problems(error))) from None


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Makes text, lists and mappings, nothing else. A name that stands twice in a mapping is an error: one of the two
    would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names: set[str] = set()
        for name, _ in node.value:
            if name.value in names:
                problem = f"{name.value} stands twice"
                raise yaml.constructor.ConstructorError(problem=problem, problem_mark=name.start_mark)
            names.add(name.value)
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        names = [f"entry {part + 1}" if isinstance(part, int) else str(part) for part in problem["loc"]]
        entry = f" ({problem['input']!r})" if isinstance(problem["input"], str) else ""
        what = _PLAINLY.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        yield f"{', '.join(names) or 'the file'}{entry}: {what}"


def _text(entry: Any) -> str:
    if not isinstance(entry, str):
        raise ValueError("must be a text; a list or a mapping stands here")
    if not entry.strip():
        raise ValueError("is empty")
    return entry


def _list(entries: Any) -> Any:
    if not isinstance(entries, list):
        raise ValueError("must be a list, such as [one, another]")
    return entries


def _each_once(entries: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(entries)) < len(entries):
        doubled = sorted({entry for entry in entries if entries.count(entry) > 1})
        raise ValueError(f"these entries stand twice: {', '.join(doubled)}")
    return entries


def _fragment(pattern: str) -> str:
    if wrong := _what_is_wrong(pattern):
        raise ValueError(wrong)
    return pattern


def _what_is_wrong(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"is not a valid regular expression: {error}"
    return ""


def alternatives(patterns: Iterable[str]) -> str:
    """A regular expression for any of `patterns`, of which the first that fits counts."""
    return f"(?:{'|'.join(patterns)})"


def any_word(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, of which the first that fits counts."""
    return alternatives(map(re.escape, words))


def longest_word(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, none of which is taken for the beginning of a longer one."""
    return any_word(sorted(words, key=len, reverse=True))


def _any_of(entries: Any, info: ValidationInfo) -> re.Pattern[str]:
    return _together(entries, info)


def _any_phrase(entries: Any, info: ValidationInfo) -> re.Pattern[str]:
    # Two in three places of a text are not looked at any further.
    return _together(entries, info, r"\b(?=\w)")


def _together(entries: Any, info: ValidationInfo, before: str = "") -> re.Pattern[str]:
    """One pattern for all of the entries: compiled together, and one by one only to say which is wrong."""
    patterns = _each_once(tuple(map(_text, _list(entries))))
    parts = info.data.get("parts", {})
    for number, pattern in enumerate(patterns, 1):
        if missing := sorted(set(_PART.findall(pattern)) - set(parts)):
            raise ValueError(f"entry {number} ({pattern!r}) names {missing[0]}, which is not among the parts")
    filled = [_PART.sub(lambda match: alternatives(parts[match.group(1)]), pattern) for pattern in patterns]
    try:
        return re.compile(before + alternatives(filled))
    except re.error as error:
        wrong = [(number, _what_is_wrong(pattern)) for number, pattern in enumerate(filled, 1)]
        said = [f"entry {number} ({patterns[number - 1]!r}) {what}" for number, what in wrong if what]
        raise ValueError("; ".join(said) or f"are not valid regular expressions together: {error}") from None


Word = Annotated[str, BeforeValidator(_text)]
# A list of each once, of at least one.
Entry = TypeVar("Entry", bound=str)
EachOnce = Annotated[tuple[Entry, ...], BeforeValidator(_list), Field(min_length=1), AfterValidator(_each_once)]
# Words or phrases.
Words = EachOnce[Word]
# A regular expression that is put together with others, as text.
Fragment = Annotated[Word, AfterValidator(_fragment)]
Fragments = EachOnce[Fragment]
Parts = dict[str, Fragments]
# Regular expressions of which one must fit. {name} in them is any entry of the table's part of that name.
AnyOf = Annotated[re.Pattern[str], BeforeValidator(_any_of)]
# The same, of which each fits from the beginning of a word on.
AnyPhrase = Annotated[re.Pattern[str], BeforeValidator(_any_phrase)]
# An ISO 639-1 code.
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
