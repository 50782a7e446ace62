"""The catalogue from which translations of the console begin."""

import ast
from pathlib import Path

from client.words.language import say, say_many
from dev.console_words import CATALOG, words

_CONSOLE = Path(__file__).parents[2] / "console"
# What people read, by the names of what takes it as the first arguments.
_READ = {"Toast": 1, "unusable": 2, "refused": 2, "not_found": 2, "CannotReply": 2}


def test_it_has_the_words_of_the_code_as_they_are() -> None:
    assert CATALOG.read_text() == words(), "words of console/ or client/ have changed: make words"


def test_it_has_those_of_templates_of_python_and_of_tables() -> None:
    for found in (
        'msgid "%(num)s segment"\nmsgid_plural "%(num)s segments"\n',
        'msgid "%(num)s ticket resolved."\nmsgid_plural "%(num)s tickets resolved."\n',
        'msgid "Resolved."\n',
        'msgid "Connected %(account_sid)s. Its numbers can be added now."\n',
        'msgid "Waits to be sent"\n',
        'msgid "the customer is upset"\n',
    ):
        assert found in words(), found


def test_what_people_read_is_said() -> None:
    bare = []
    for file in sorted(_CONSOLE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _READ:
                first = node.args[: _READ[node.func.id]]
                bare += [
                    f"{file.name}:{each.lineno}" for each in first if isinstance(each, ast.Constant | ast.JoinedStr)
                ]

    assert bare == [], "say() finds them for the catalogue"


def test_values_stand_in_their_places() -> None:
    assert say("Connected %(account)s.", account="100% AC1") == "Connected 100% AC1."
    assert say("100% sure") == "100% sure"
    assert [say_many("%(num)s text", "%(num)s texts", number) for number in (1, 2)] == ["1 text", "2 texts"]
    assert say_many("%(num)s text", "%(num)s texts", 3, num="2 of 3") == "2 of 3 texts"
