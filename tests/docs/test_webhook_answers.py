"""What the gateway answers a webhook is what docs/webhooks.md says, and no page says otherwise."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT, Page, pages

# Where the answers of the gateway are made.
_SOURCES = ("gateway", "servicekit/http")
# Said where no refusal is raised: stored; aiohttp's own for another path or method.
_OTHERS = {"200", "404", "405"}
# Answers of Twilio's, not to it.
_BY_TWILIO = {"401"}


def _listed() -> set[str]:
    return set(re.findall(r"^\| (\d{3})\b", (ROOT / "docs" / "webhooks.md").read_text(), re.MULTILINE))


def _refusals() -> Iterator[str]:
    """The status of each HttpRefusal that the code makes."""
    for folder in _SOURCES:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "HttpRefusal":
                    status = ast.unparse(node.args[0])
                    if status.isdigit():
                        yield status


def test_each_answer_is_listed() -> None:
    assert _listed() == {*_refusals(), *_OTHERS}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path)
def test_no_page_names_an_answer_that_is_never_given(page: Page) -> None:
    named = set(re.findall(r"\banswered (\d{3})\b", " ".join(page.text.split())))

    assert named <= _listed() | _BY_TWILIO
