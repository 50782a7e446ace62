"""The catalogue from which translations of the console begin."""

import ast
from collections.abc import Iterator
from pathlib import Path

from client.words.language import say, say_many
from dev.console_words import CATALOG, words

_ROOT = Path(__file__).parents[2]
# What people read, by the names of what takes it, and as which arguments.
_READ = {
    "Toast": (0,),
    "unusable": (0, 1),
    "refused": (0, 1),
    "not_found": (0, 1),
    "CannotReply": (0, 1),
    "Finding": (0, 2, 3),
}


def test_it_has_the_words_of_the_code_as_they_are() -> None:
    assert CATALOG.read_text() == words(), "words of console/ or client/ have changed: make words"


def test_it_has_those_of_templates_of_python_and_of_tables() -> None:
    written = words()

    for found in (
        'msgid "%(num)s segment"\nmsgid_plural "%(num)s segments"\n',
        'msgid "%(num)s ticket resolved."\nmsgid_plural "%(num)s tickets resolved."\n',
        'msgid "Resolved."\n',
        'msgid "Connected %(account_sid)s. Its numbers can be added now."\n',
        'msgid "Waits to be sent"\n',
        'msgid "the customer is upset"\n',
        'msgid "those to %(numbers)s do not come to Keva"\n',
    ):
        assert found in written, found


def test_what_people_read_is_said() -> None:
    files = [*sorted((_ROOT / "console").rglob("*.py")), *sorted((_ROOT / "client" / "doctor").glob("*.py"))]

    assert [place for file in files for place in _bare(file)] == [], "say() finds them for the catalogue"


def _bare(file: Path) -> Iterator[str]:
    """Where words stand that no catalogue has."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            read = [node.args[place] for place in _READ.get(node.func.id, ()) if place < len(node.args)]
            yield from (f"{file.name}:{one.lineno}" for one in read if _is_bare(one))


def _is_bare(argument: ast.expr) -> bool:
    return isinstance(argument, ast.JoinedStr) or (isinstance(argument, ast.Constant) and bool(argument.value))


def test_values_stand_in_their_places() -> None:
    assert say("Connected %(account)s.", account="100% AC1") == "Connected 100% AC1."
    assert say("100% sure") == "100% sure"
    assert [say_many("%(num)s text", "%(num)s texts", number) for number in (1, 2)] == ["1 text", "2 texts"]
    assert say_many("%(num)s text", "%(num)s texts", 3, num="2 of 3") == "2 of 3 texts"
