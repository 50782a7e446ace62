"""Reasons, states, RPCs, fields and audit actions that a page names are those of the protos and the code."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from dev.process_list import PACKAGES
from tests.docs.pages import ROOT, Page, pages
from tests.test_audit_actions import LISTS

# What is gone stands in the changelog and in decisions, too.
_PAGES = [page for page in pages() if page.path != "CHANGELOG.md" and not page.path.startswith("docs/decisions/")]
_each_page = pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.path)


def unknown_constants(page: Page) -> Iterator[str]:
    """Reasons of errors, values of enums, and their kind."""
    for span in page.code_spans():
        is_ours = re.fullmatch(r"(?!KEVA_)[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", span)
        # An enum's values have its name before them.
        if is_ours and not re.search(rf"(?<![A-Za-z]){span}\b", _everything()):
            yield span


def unknown_rpcs(page: Page) -> Iterator[str]:
    """Such as `TicketService.GetTicket`, or `Channel.ai_autonomy`."""
    for span in page.code_spans():
        named = re.fullmatch(r"([A-Z]\w+)\.(\w+)", span)
        if named and not _is_in(*named.groups()):
            yield span


def unknown_actions(page: Page) -> Iterator[str]:
    """Such as `message.refused`."""
    known = {action.value for actions in LISTS.values() for action in actions}
    subjects = {action.partition(".")[0] for action in known}
    for span in page.code_spans():
        subject, dot, _ = span.partition(".")
        if dot and subject in subjects and re.fullmatch(r"[a-z_]+\.[a-z_]+", span) and span not in known:
            yield span


@_each_page
def test_reasons_and_states_are_there(page: Page) -> None:
    assert list(unknown_constants(page)) == []


@_each_page
def test_rpcs_and_fields_are_there(page: Page) -> None:
    assert list(unknown_rpcs(page)) == []


@_each_page
def test_audit_actions_are_recorded(page: Page) -> None:
    assert list(unknown_actions(page)) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        pytest.param(unknown_constants, "`NOWHERE_FOUND`", id="a reason"),
        pytest.param(unknown_rpcs, "`TicketService.JuggleTicket`", id="an RPC"),
        pytest.param(unknown_rpcs, "`Channel.nowhere`", id="a field"),
        pytest.param(unknown_actions, "`ticket.juggled`", id="an action"),
    ],
)
def test_what_is_not_there_is_noticed(check: Any, text: str) -> None:
    assert len(list(check(Page("README.md", text)))) == 1


def _is_in(holder: str, name: str) -> bool:
    """Whether a service or message of the protos, or the request of an RPC, has that. Others' are not looked at."""
    body = re.search(rf"^(?:service|message) {holder}(?:Request)? {{.*?^}}", _protos(), re.MULTILINE | re.DOTALL)
    return body is None or re.search(rf"\b{name}\b", body[0]) is not None


@cache
def _protos() -> str:
    return "\n".join(file.read_text() for file in sorted((ROOT / "protos").rglob("*.proto")))


@cache
def _everything() -> str:
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return "\n".join([_protos(), *(file.read_text() for file in files)])
