"""Audit actions are a list: docs/audit.md shows what each service's enum says, and nobody records anything else."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import credentials_service.audit_action
import sms_service.audit_action
from servicekit.audit.chain import ANCHORED
from ticket_service.domain.audit_action import AuditAction
from ticket_service.use_cases.audit_trail import ACTIONS_OF_OTHERS

ROOT = Path(__file__).resolve().parents[1]
_DOCUMENTED = (ROOT / "docs" / "audit.md").read_text().split("\n## Actions\n")[1].split("\n## ")[0]
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


_LISTS: dict[str, Iterable[Any]] = {
    "ticket_service": AuditAction,
    "credentials_service": credentials_service.audit_action.AuditAction,
    "sms_service": sms_service.audit_action.AuditAction,
}


def _rows(service: str) -> list[tuple[str, str, str]]:
    """Action, subject and sentence of each row of the service's table; ticket_service's is the first."""
    opening = "" if service == "ticket_service" else f"{service} adds"
    table = re.split(r"^\w+ adds", _DOCUMENTED.partition(opening)[2] if opening else _DOCUMENTED, flags=re.MULTILINE)[0]
    return re.findall(r"^\| `(\S+)` \| (.+?) \| (.+) \|$", table, re.MULTILINE)


def _constants(package: str) -> Iterator[str]:
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _bare_actions() -> Iterator[str]:
    """What makes an audit entry of ticket_service with a string in place of an AuditAction."""
    for file in sorted((ROOT / "ticket_service").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditEntry":
                given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "action")]
                yield from (f"{file.name}:{node.lineno}" for value in given if isinstance(value, ast.Constant))


@pytest.mark.parametrize("service", _LISTS)
def test_documentation_lists_every_action_with_its_sentence(service: str) -> None:
    assert _rows(service) == [(action.value, action.subject, action.meaning) for action in _LISTS[service]]


@pytest.mark.parametrize("service", _LISTS)
def test_every_action_has_one_sentence_of_its_own(service: str) -> None:
    meanings = [action.meaning for action in _LISTS[service]]

    assert len(set(meanings)) == len(meanings)
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in meanings)
    assert all(_ACTION.fullmatch(action) for action in _LISTS[service])


@pytest.mark.parametrize("service", ["credentials_service", "sms_service"])
def test_ticket_service_takes_every_action_of_the_others(service: str) -> None:
    assert [action for action in _LISTS[service] if not action.startswith(ACTIONS_OF_OTHERS)] == []


def test_every_action_of_another_service_is_documented() -> None:
    named = {name for package in ("credentials_service", "sms_service") for name in _constants(package)}
    used = {name for name in named if name.startswith(ACTIONS_OF_OTHERS) and _ACTION.fullmatch(name)}
    documented = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", _DOCUMENTED)) - set(AuditAction)

    assert used
    assert documented == used


def test_no_action_is_recorded_as_a_bare_string() -> None:
    assert list(_bare_actions()) == []


def test_no_action_of_ticket_service_may_come_from_another_service() -> None:
    assert [action for action in AuditAction if action.startswith(ACTIONS_OF_OTHERS)] == []


def test_anchors_are_recorded_under_the_name_that_verifying_looks_for() -> None:
    assert AuditAction.AUDIT_ANCHORED == ANCHORED


def test_member_is_stored_and_compared_as_its_name() -> None:
    action: str = AuditAction.TICKET_CLOSED

    assert action == str(action) == "ticket.closed"
