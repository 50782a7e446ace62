"""What is said of a file of words or patterns that cannot be used; and the files as they are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import Field

from responder_service.data.reading import (
    FOLDER,
    AnyOf,
    AnyPhrase,
    DataError,
    Fragments,
    Language,
    Parts,
    Table,
    Words,
    read,
)
from responder_service.language.folding import FoldedWords


class Greetings(Table):
    """A table as the services' own are."""

    words: dict[Language, FoldedWords]
    signs: Words = ("!",)
    endings: Fragments = ("s?",)
    parts: Parts = Field(default_factory=dict)
    patterns: AnyOf | None = None
    phrases: AnyPhrase | None = None


def problem(folder: Path, content: str) -> str:
    (folder / "greetings.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read("greetings.yaml", Greetings, folder)
    return str(raised.value)


def test_every_scalar_is_text(tmp_path: Path) -> None:
    content = "words:\n  no: [no, on, 12, null, ~, y]\nparts: {kind: [hi, hey]}\npatterns: ['^{kind} \\d{1,2}$', yes]"
    (tmp_path / "greetings.yaml").write_text(content)

    table = read("greetings.yaml", Greetings, tmp_path)

    assert table.words == {"no": ("no", "on", "12", "null", "~", "y")}
    assert table.patterns is not None
    assert [text for text in ("hey 12", "hello 1", "yes", "kind 1") if table.patterns.search(text)] == ["hey 12", "yes"]


def test_phrases_fit_from_the_beginning_of_a_word_on(tmp_path: Path) -> None:
    (tmp_path / "greetings.yaml").write_text("words: {en: [hi]}\nphrases: ['good day', '\\bhi+', ' hey']")

    phrases = read("greetings.yaml", Greetings, tmp_path).phrases

    assert phrases is not None
    texts = ("so good day", "hii", "oh, hi", "no-good day", "ungood day", "delhi", "oh hey")
    assert [text for text in texts if phrases.search(text)] == ["so good day", "hii", "oh, hi", "no-good day"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("words: {en: [hi, '']}", "words, en, entry 2 (''): is empty", id="empty entry"),
        pytest.param("words: {en: [hi, ' ']}", "words, en, entry 2 (' '): is empty", id="blank entry"),
        pytest.param("words: {en: []}", "words, en: has too few entries", id="empty list"),
        pytest.param("words: {en: hi}", "words, en ('hi'): must be a list, such as [one, another]", id="no list"),
        pytest.param("words: {en: [hi, [hey]]}", "words, en, entry 2: must be a text; a list", id="a list as an entry"),
        pytest.param(
            "words: {en: [hi, {a: b}]}", "words, en, entry 2: must be a text; a list", id="a mapping as an entry"
        ),
        pytest.param("words: [hi]", "words: must be a mapping, such as name: value", id="no mapping"),
        pytest.param("- words", "the file: must be a mapping, such as name: value", id="a file that is a list"),
        pytest.param("", "the file", id="empty file"),
        pytest.param("signs: ['!']", "words: is missing", id="missing"),
        pytest.param("words: {en: [hi]}\nword: [hi]", "word: is not known here", id="unknown name"),
        pytest.param("words: {english: [hi]}", "words, english", id="no language"),
        pytest.param("words: {en: [hi, hey, hi]}", "words, en: these entries stand twice: hi", id="doubled entry"),
        pytest.param("words: {en: [hi], en: [hey]}", "en stands twice", id="doubled name"),
        pytest.param(
            "words: {en: [Olá]}",
            "words, en, entry 1 ('Olá'): is compared without case and accents: write ola",
            id="accent",
        ),
        pytest.param(
            "words: {en: [hi]}\nendings: [s?, '(']",
            "endings, entry 2 ('('): is not a valid regular expression: missing )",
            id="regex",
        ),
        pytest.param(
            "words: {en: [hi]}\npatterns: ['a', 'b(']",
            "patterns: entry 2 ('b(') is not a valid regular expression: missing )",
            id="one of several patterns",
        ),
        pytest.param(
            "words: {en: [hi]}\npatterns: ['{kind}']",
            "patterns: entry 1 ('{kind}') names kind, which is not among the parts",
            id="unknown part",
        ),
        pytest.param("words: {en: [hi", "is not valid YAML", id="no YAML"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path: Path, content: str, said: str) -> None:
    message = problem(tmp_path, content)

    assert message.startswith("greetings.yaml: ")
    assert said in message


def test_says_all_that_is_wrong(tmp_path: Path) -> None:
    message = problem(tmp_path, "words: {en: [hi, ''], de: [Äh]}")

    assert len(message.splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"words: {en: [\xff]}"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "greetings.yaml").write_bytes(content)

    with pytest.raises(DataError, match=r"^greetings\.yaml: cannot be read: "):
        read("greetings.yaml", Greetings, tmp_path)


def test_every_file_has_a_module_that_reads_it() -> None:
    source = "".join(path.read_text() for path in FOLDER.parent.rglob("*.py"))

    assert [path.name for path in FOLDER.glob("*.yaml") if f'read("{path.name}"' not in source] == []


def test_the_process_does_not_start_with_a_broken_file(tmp_path: Path) -> None:
    package = FOLDER.parent
    shutil.copytree(package, tmp_path / package.name)
    broken = tmp_path / package.name / "data" / "marks.yaml"
    broken.write_text(broken.read_text().replace("legal:\n", "legal:\n  - '*'\n"))
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])

    ended = subprocess.run(
        [sys.executable, "-m", package.name],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "marks.yaml: legal: entry 1 ('*') is not a valid regular expression" in ended.stderr.splitlines()[-1]
