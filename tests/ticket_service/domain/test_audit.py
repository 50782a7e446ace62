"""Entries in their order, and the entry of the workspace that an installation starts with."""

from tests.ticket_service.domain.examples import DANA, NOW, counted_ids
from ticket_service.domain.audit import NO_TICKET, THE_SERVICE, AuditEntry, AuditRecord, in_order
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.workspace import DEFAULT_WORKSPACE, Workspace, default_workspace

ENTRIES = [AuditEntry(AuditAction.NOTE_ADDED, f"msg_{i}", DANA, NOW) for i in range(3)]


def test_records_follow_the_last_one_of_their_trail() -> None:
    records = in_order(ENTRIES, "default", "sales", "tkt_1", 7, counted_ids())

    assert records == [
        AuditRecord(f"aud_{i + 1}", "default", "sales", "tkt_1", 8 + i, entry) for i, entry in enumerate(ENTRIES)
    ]


def test_no_entries_are_no_records() -> None:
    assert in_order([], "default", "sales", NO_TICKET, -1, counted_ids()) == []


def test_default_workspace_is_ticket_services_own_doing() -> None:
    workspace, entry = default_workspace(NOW)

    assert workspace == Workspace("default", "default", "Support", NOW)
    assert entry == AuditEntry(AuditAction.WORKSPACE_CREATED, DEFAULT_WORKSPACE, THE_SERVICE, NOW)
