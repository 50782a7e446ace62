"""Audit actions are lists, one per service: docs/audit.md shows what they say, and nobody records anything else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.sign_in.audit_action import AuditAction as ConsoleAction
from credentials_service.audit_action import AuditAction as CredentialsAction
from servicekit.audit.action import Action
from servicekit.audit.chain import ANCHORED
from sms_service.audit_action import AuditAction as SmsAction
from ticket_service.domain.audit_action import AuditAction
from ticket_service.use_cases.audit.trail import ACTIONS_OF_OTHERS

ROOT = Path(__file__).resolve().parents[1]
_DOCUMENTED = (ROOT / "docs" / "audit.md").read_text().split("\n## Actions\n")[1].split("\n## ")[0]
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
LISTS: dict[str, type[AuditAction] | type[Action]] = {
    "ticket_service": AuditAction,
    "credentials_service": CredentialsAction,
    "sms_service": SmsAction,
    "console": ConsoleAction,
}


def _rows(service: str) -> list[tuple[str, str, str]]:
    """Action, subject and sentence of each row of a service's table; ticket_service's is the first."""
    first, *others = re.split(r"^(\w+) adds ", _DOCUMENTED, flags=re.MULTILINE)
    tables = {"ticket_service": first, **dict(zip(others[::2], others[1::2], strict=True))}
    return re.findall(r"^\| `(\S+)` \| (.+?) \| (.+) \|$", tables[service], re.MULTILINE)


def _constants(package: str) -> Iterator[str]:
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _bare_actions() -> Iterator[str]:
    """What makes an audit entry with a string in place of an AuditAction."""
    for file in sorted(file for service in LISTS for file in (ROOT / service).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditEntry":
                given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "action")]
                strings = [value.value for value in given if isinstance(value, ast.Constant)]
                yield from (f"{file.name}:{node.lineno}" for text in strings if _ACTION.fullmatch(str(text)))


@pytest.mark.parametrize("service", LISTS)
def test_documentation_lists_every_action_with_its_sentence(service: str) -> None:
    assert _rows(service) == [(action.value, action.subject, action.meaning) for action in LISTS[service]]


@pytest.mark.parametrize("service", LISTS)
def test_every_action_has_one_sentence_of_its_own(service: str) -> None:
    meanings = [action.meaning for action in LISTS[service]]

    assert len(set(meanings)) == len(meanings)
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in meanings)
    assert all(_ACTION.fullmatch(action) for action in LISTS[service])


@pytest.mark.parametrize("service", ["credentials_service", "sms_service", "console"])
def test_every_action_of_another_service_is_on_its_list(service: str) -> None:
    used = {name for name in _constants(service) if name.startswith(ACTIONS_OF_OTHERS) and _ACTION.fullmatch(name)}

    assert used == set(LISTS[service])


@pytest.mark.parametrize("service", ["credentials_service", "sms_service", "console"])
def test_ticket_service_takes_every_action_of_the_others(service: str) -> None:
    assert [action for action in LISTS[service] if not action.startswith(ACTIONS_OF_OTHERS)] == []


def test_no_action_is_recorded_as_a_bare_string() -> None:
    assert list(_bare_actions()) == []


def test_no_action_of_ticket_service_may_come_from_another_service() -> None:
    assert [action for action in AuditAction if action.startswith(ACTIONS_OF_OTHERS)] == []


def test_anchors_are_recorded_under_the_name_that_verifying_looks_for() -> None:
    assert AuditAction.AUDIT_ANCHORED == ANCHORED


def test_member_is_stored_and_compared_as_its_name() -> None:
    action: str = AuditAction.TICKET_CLOSED

    assert action == str(action) == "ticket.closed"
