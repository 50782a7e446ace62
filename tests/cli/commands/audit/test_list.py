"""`keva audit list`."""

from datetime import UTC, datetime
from typing import Any

from keva.ticket.v1 import actor_pb2, audit_service_pb2


async def test_audit_list_tells_who_did_what(keva: Any) -> None:
    record = audit_service_pb2.AuditRecord(
        actor=actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_OPERATOR, id="max"),
        action="channel.created",
        subject_id="chn_1",
        details={"workspace_id": "default", "number": "+1******1111"},
    )
    record.record_time.FromDatetime(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    keva.ticket_service.answers["ListAuditRecords"] = audit_service_pb2.ListAuditRecordsResponse(audit_records=[record])

    result = await keva("audit", "list", "--action", "channel.created", "--ticket", "tkt_1")

    expected = "2026-11-23  12:00Z operator:max channel.created chn_1 number=+1******1111, workspace_id=default"
    assert result.output.splitlines()[1] == expected
    request = keva.ticket_service.last()
    assert (request.workspace_id, request.ticket_id, request.action) == ("", "tkt_1", "channel.created")
