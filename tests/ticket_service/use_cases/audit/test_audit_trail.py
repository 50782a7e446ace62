"""The audit trail says who did what to what, without gaps, and holds nothing that is nobody's business."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from ulid import ULID

from keva.ticket.v1 import (
    actor_pb2,
    audit_service_pb2,
    audit_service_pb2_grpc,
    channel_service_pb2,
    routing_pb2,
    ticket_service_pb2,
)
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.identities import channel_to
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    CUSTOMER,
    ORGANIZATION,
    OUR_NUMBER,
    WORKSPACE,
    Desk,
    agent,
    details,
    error_of,
    fresh_address,
)

WRITTEN_ELSEWHERE = "credential.created"


def _record(action: str = WRITTEN_ELSEWHERE, **fields: Any) -> audit_service_pb2.AuditRecord:
    """A record of what happened in another service."""
    values = {
        "audit_record_id": f"aud_{ULID()}",
        "record_time": Timestamp(seconds=1_790_000_000),
        "actor": actor_pb2.Actor(kind=actor_pb2.ACTOR_KIND_OPERATOR, id="ops"),
        "action": action,
        "subject_id": "AC1",
        **fields,
    }
    return audit_service_pb2.AuditRecord(**values)


async def _append(desk: Desk, *records: audit_service_pb2.AuditRecord, organization_id: str = ORGANIZATION) -> None:
    request = audit_service_pb2.AppendAuditRecordsRequest(organization_id=organization_id, audit_records=records)
    await desk.audit.AppendAuditRecords(request)


async def _conversation(desk: Desk) -> str:
    """A customer and dana do everything that there is to do; the ticket."""
    await desk.subscribe()
    ticket_id = (await desk.text("my PIN is 4711, call +1 555 987 6543")).stored.ticket_id
    customer_id = (await desk.ticket(ticket_id)).customer_id
    await desk.change("AssignTicket", ticket_id, assignee=agent("dana"))
    await desk.note(ticket_id, "sounds like fraud to me")
    update = ticket_service_pb2.UpdateTicketRequest(
        workspace_id=WORKSPACE,
        ticket=ticket_service_pb2.Ticket(ticket_id=ticket_id, subject="PIN", priority=routing_pb2.PRIORITY_URGENT),
        update_mask=FieldMask(paths=["subject", "priority"]),
    )
    await desk.tickets.UpdateTicket(update, metadata=AGENT)
    reply = await desk.reply(ticket_id, "never tell anybody your PIN")
    await desk.peer.sent_texts(1)
    await desk.record(reply.message_id, "FAILED", error_code=30003, error_text="The phone is off.")
    edit = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE,
        customer=ticket_service_pb2.Customer(customer_id=customer_id, display_name="Ann Example"),
        update_mask=FieldMask(paths=["display_name"]),
    )
    await desk.tickets.UpdateCustomer(edit, metadata=AGENT)
    await desk.text("STOP")
    await desk.text("START")
    for rpc in ("ResolveTicket", "ReopenTicket", "CloseTicket"):
        await desk.change(rpc, ticket_id)
    await desk.text(channel_address="+15559998888")
    await desk.text("HELP")
    return ticket_id


async def test_everything_of_a_conversation_is_recorded_by_whom(desk: Desk) -> None:
    ticket_id = await _conversation(desk)

    records = await desk.records(ticket_id=ticket_id)

    by_whom = [(r.action, actor_pb2.ActorKind.Name(r.actor.kind).removeprefix("ACTOR_KIND_")) for r in records]
    expected = [
        ("customer.created", "CUSTOMER"),
        ("ticket.created", "CUSTOMER"),
        ("message.received", "CUSTOMER"),
        ("ticket.assigned", "AGENT"),
        ("note.added", "AGENT"),
        ("ticket.updated", "AGENT"),
        ("message.queued", "AGENT"),
        ("ticket.state_changed", "AGENT"),
        ("message.delivery_changed", "TWILIO"),
        ("message.received", "CUSTOMER"),
        ("customer.opted_out", "CUSTOMER"),
        ("message.received", "CUSTOMER"),
        ("customer.opted_in", "CUSTOMER"),
        ("ticket.resolved", "AGENT"),
        ("ticket.reopened", "AGENT"),
        ("ticket.closed", "AGENT"),
    ]
    # The relay's own record of the send may come before the callback that says how it ended, or after.
    assert [pair for pair in by_whom if pair[0] != "message.delivery_changed"] == [
        pair for pair in expected if pair[0] != "message.delivery_changed"
    ]
    assert {pair for pair in by_whom if pair[0] == "message.delivery_changed"} == {
        ("message.delivery_changed", "TWILIO")
    }
    assert [r.sequence for r in records] == list(range(1, len(records) + 1))
    assert {(r.organization_id, r.workspace_id, r.ticket_id) for r in records} == {(ORGANIZATION, WORKSPACE, ticket_id)}
    assert {r.actor.id for r in records if r.actor.kind == actor_pb2.ACTOR_KIND_AGENT} == {"dana"}
    without_ticket = [r for r in await desk.records() if not r.ticket_id]
    assert [r.action for r in without_ticket] == [
        "workspace.created", "channel.created", "customer.updated", "message.refused", "message.received",
    ]  # fmt: skip
    assert [r.sequence for r in without_ticket] == [1, 2, 3, 4, 5]


async def test_no_record_holds_a_text_a_name_or_a_whole_number(desk: Desk) -> None:
    await _conversation(desk)

    trail = str(await desk.records())

    for private in ("PIN", "fraud", "Ann", CUSTOMER, CUSTOMER[-7:], OUR_NUMBER, "9876543", "5559998888"):
        assert private not in trail
    # Four digits may stand in any MAC or ID: as a word of its own, they are the text's.
    assert not re.search(r"\b4711\b", trail)


@pytest.mark.parametrize(
    ("metadata", "kind", "actor_id"),
    [
        pytest.param("agent:dana", actor_pb2.ACTOR_KIND_AGENT, "dana", id="agent"),
        pytest.param("operator:root@host", actor_pb2.ACTOR_KIND_OPERATOR, "root@host", id="operator"),
        pytest.param(None, actor_pb2.ACTOR_KIND_OPERATOR, "unnamed", id="an operator when nobody is named"),
        pytest.param("customer:cus_1", actor_pb2.ACTOR_KIND_OPERATOR, "unnamed", id="callers are not customers"),
        pytest.param("twilio:AC1", actor_pb2.ACTOR_KIND_OPERATOR, "unnamed", id="nor Twilio"),
        pytest.param("dana", actor_pb2.ACTOR_KIND_OPERATOR, "unnamed", id="not well formed"),
    ],
)
async def test_actor_of_a_call(shared_desk: Desk, metadata: str | None, kind: int, actor_id: str) -> None:
    ticket_id = await shared_desk.new_ticket()

    named = ((ACTOR_METADATA, metadata),) if metadata else None
    await shared_desk.call("ResolveTicket", ticket_id, metadata=named)

    actor = (await shared_desk.records(ticket_id=ticket_id))[-1].actor
    assert (actor.kind, actor.id) == (kind, actor_id)


@pytest.mark.parametrize("named", ["ai:responder", "ai:gpt-x", "service:ticket_service", "service:keva"])
async def test_nobody_acts_as_the_ai_or_as_a_service(shared_desk: Desk, named: str) -> None:
    ticket_id = await shared_desk.new_ticket()
    before = await shared_desk.actions(ticket_id)

    refused = await error_of(shared_desk.call("ResolveTicket", ticket_id, metadata=((ACTOR_METADATA, named),)))

    assert refused.reason == "ACTOR_NOT_ALLOWED"
    assert await shared_desk.actions(ticket_id) == before


@pytest.mark.parametrize("replicas", [1, 2])
async def test_sequence_has_no_gaps_when_all_happens_at_once(start_desk: StartDesk, replicas: int) -> None:
    desks = [await start_desk() for _ in range(replicas)]
    await desks[0].subscribe()
    ticket_id = await desks[0].new_ticket(customer_address=CUSTOMER)

    calls: list[Any] = []
    for i in range(6):
        desk = desks[i % replicas]
        calls += [
            partial(desk.text, f"text {i}"),
            partial(desk.reply, ticket_id, f"answer {i}"),
            partial(desk.note, ticket_id, f"note {i}"),
            partial(desk.change, "ResolveTicket", ticket_id),
        ]
    await asyncio.gather(*(_until_done(call) for call in calls))

    records = await desks[0].records(ticket_id=ticket_id)
    assert [r.sequence for r in records] == list(range(1, len(records) + 1))
    stored = [r.subject_id for r in records if r.action in ("message.received", "message.queued", "note.added")]
    messages = await desks[0].messages(ticket_id)
    assert sorted(stored) == sorted(m.message_id for m in messages)
    assert len(stored) == len({*stored}) == 1 + 3 * 6


async def _until_done(call: Callable[[], Awaitable[Any]]) -> Any:
    """Asks again when somebody else was first too often in a row, which has written nothing."""
    while True:
        try:
            return await call()
        except grpc.aio.AioRpcError as error:
            if as_keva_error(error).reason != "CONCURRENT_UPDATE":
                raise


async def test_sequence_of_an_organization_has_no_gaps(desk: Desk) -> None:
    await asyncio.gather(
        *(_append(desk, _record(), _record()) for _ in range(5)), desk.new_workspace(), desk.subscribe()
    )

    records = await desk.records()

    # The first is the default workspace's.
    assert sorted(r.sequence for r in records) == list(range(1, 14))


async def test_records_of_other_services_are_added_once(desk: Desk) -> None:
    first, second = _record(details={"last_four": "abcd"}), _record(workspace_id=WORKSPACE)

    await _append(desk, first, second, first)
    await _append(desk, second, first)
    await _append(desk, first, _record("keys.third"))

    records = sorted(await desk.records(), key=lambda r: r.sequence)
    assert [(r.action, r.sequence) for r in records] == [
        ("workspace.created", 1),
        (WRITTEN_ELSEWHERE, 2),
        (WRITTEN_ELSEWHERE, 3),
        ("keys.third", 4),
    ]
    kept = records[1]
    assert (kept.audit_record_id, kept.record_time, kept.actor) == (
        first.audit_record_id,
        first.record_time,
        first.actor,
    )
    assert (dict(kept.details), kept.organization_id) == ({"last_four": "abcd"}, ORGANIZATION)


async def test_appended_record_belongs_to_no_ticket_and_to_the_callers_organization(desk: Desk) -> None:
    await desk.subscribe()
    ticket_id = await desk.new_ticket()
    before = await desk.records(ticket_id=ticket_id)

    forged = _record(ticket_id=ticket_id, sequence=1, organization_id="another")
    await _append(desk, forged)

    assert await desk.records(ticket_id=ticket_id) == before
    (record,) = await desk.records(action=WRITTEN_ELSEWHERE)
    assert (record.organization_id, record.ticket_id) == (ORGANIZATION, "")


async def test_actions_that_no_list_has_are_read_like_all_others(desk: Desk) -> None:
    await _append(desk, _record("credential.of_a_later_version"))

    (record,) = await desk.records(action="credential.of_a_later_version")
    export = await desk.audit.ExportAuditTrail(audit_service_pb2.ExportAuditTrailRequest(organization_id=ORGANIZATION))
    verified = await desk.audit.VerifyAuditTrail(
        audit_service_pb2.VerifyAuditTrailRequest(organization_id=ORGANIZATION)
    )
    assert record.action == "credential.of_a_later_version"
    assert sum("credential.of_a_later_version" in line for line in export.lines) == 1
    assert not verified.breaks


async def test_default_workspace_is_recorded_once_however_many_replicas_start_at_once(start_desk: StartDesk) -> None:
    desks = await asyncio.gather(*(start_desk() for _ in range(3)))
    late = await start_desk()

    for desk in (*desks, late):
        (record,) = await desk.records()
        assert (record.action, record.subject_id, record.workspace_id) == ("workspace.created", WORKSPACE, WORKSPACE)
        assert (record.actor.kind, record.actor.id) == (actor_pb2.ACTOR_KIND_SERVICE, "ticket_service")


async def _looked_at(desk: Desk, rpc: str, **scope: str) -> int:
    """Verifies or exports the trail as dana, part by part; how many parts there were."""
    parts, token = 0, ""
    while token or not parts:
        request = getattr(audit_service_pb2, f"{rpc}Request")
        values = {"organization_id": ORGANIZATION, **scope, "page_token": token}
        token = (await getattr(desk.audit, rpc)(request(**values), metadata=AGENT)).next_page_token
        parts += 1
    return parts


LOOKS = pytest.mark.parametrize(
    ("rpc", "action"),
    [
        pytest.param("VerifyAuditTrail", "audit.verified", id="verifying"),
        pytest.param("ExportAuditTrail", "audit.exported", id="exporting"),
    ],
)


@LOOKS
async def test_whoever_looks_at_the_whole_trail_is_recorded_once(desk: Desk, rpc: str, action: str) -> None:
    for _ in range(11):
        await _append(desk, *(_record() for _ in range(100)))

    parts = await _looked_at(desk, rpc)

    assert parts > 1
    (record,) = await desk.records(action=action)
    assert (record.subject_id, record.workspace_id, record.ticket_id) == (ORGANIZATION, "", "")
    assert (record.actor.kind, record.actor.id, details(record)) == (actor_pb2.ACTOR_KIND_AGENT, "dana", {})


@LOOKS
async def test_record_of_looking_says_at_what(shared_desk: Desk, rpc: str, action: str) -> None:
    ticket_id = await shared_desk.new_ticket()
    before = await shared_desk.records(ticket_id=ticket_id)

    await _looked_at(shared_desk, rpc, workspace_id=WORKSPACE)
    await _looked_at(shared_desk, rpc, ticket_id=ticket_id)
    await _looked_at(shared_desk, rpc, workspace_id=WORKSPACE, ticket_id=ticket_id)

    records = await shared_desk.records(action=action)
    assert [(r.workspace_id, r.ticket_id, details(r)) for r in records[-3:]] == [
        (WORKSPACE, "", {"workspace_id": WORKSPACE}),
        ("", "", {"ticket_id": ticket_id}),
        (WORKSPACE, "", {"workspace_id": WORKSPACE, "ticket_id": ticket_id}),
    ]
    assert await shared_desk.records(ticket_id=ticket_id) == before


@LOOKS
async def test_looking_that_is_refused_is_not_recorded(shared_desk: Desk, rpc: str, action: str) -> None:
    before = await shared_desk.records(action=action)

    for scope in ({"ticket_id": "tkt_never"}, {"page_token": "forged"}):
        request = getattr(audit_service_pb2, f"{rpc}Request")(organization_id=ORGANIZATION, **scope)
        assert (await error_of(getattr(shared_desk.audit, rpc)(request))).reason

    assert await shared_desk.records(action=action) == before


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        pytest.param([{"audit_record_id": "1"}], "FIELD_INVALID", id="not an id"),
        pytest.param([{"action": ""}], "FIELD_REQUIRED", id="no action"),
        pytest.param([{"action": "audit.anchored"}], "FIELD_INVALID", id="what only this service tells of"),
        pytest.param([{"actor": actor_pb2.Actor()}], "FIELD_REQUIRED", id="no actor"),
        pytest.param([{}] * 101, "FIELD_INVALID", id="101 records"),
        pytest.param([{"record_time": Timestamp(seconds=2**60)}], "FIELD_INVALID", id="a time that is none"),
    ],
)
async def test_append_that_is_refused(shared_desk: Desk, records: list[dict[str, Any]], reason: str) -> None:
    good = _record("credential.good")

    error = await error_of(_append(shared_desk, good, *(_record(**fields) for fields in records)))

    assert error.reason == reason
    assert not await shared_desk.records(action="credential.good")


@pytest.mark.parametrize(
    ("service", "action", "reason"),
    [
        pytest.param("sms_service", "phone_number.configured", None, id="its own"),
        pytest.param("sms_service", "credential.created", "FIELD_INVALID", id="another service's"),
        pytest.param("sms_service", "keys.rotated", "FIELD_INVALID", id="the key ring's"),
        pytest.param("credentials_service", "keys.rotated", None, id="its own key ring's"),
        pytest.param("credentials_service", "phone_number.configured", "FIELD_INVALID", id="what is done at Twilio"),
        pytest.param("console", "sign_in.succeeded", None, id="who signed in"),
        pytest.param("console", "ticket.closed", "FIELD_INVALID", id="what the console only asks for"),
    ],
)
async def test_each_service_records_what_it_does_itself(
    desk: Desk, service: str, action: str, reason: str | None
) -> None:
    """Whoever is inside of one makes up nothing of another."""
    async with channel_to("ticket_service", desk.port, service) as channel:
        stub: audit_service_pb2_grpc.AuditServiceAsyncStub = audit_service_pb2_grpc.AuditServiceStub(channel)
        request = audit_service_pb2.AppendAuditRecordsRequest(
            organization_id=ORGANIZATION, audit_records=[_record(action)]
        )
        if reason is None:
            await stub.AppendAuditRecords(request)
        else:
            assert (await error_of(stub.AppendAuditRecords(request))).reason == reason

    assert bool(await desk.records(action=action)) is (reason is None)


async def _listed(desk: Desk, page_size: int, **filters: Any) -> list[str]:
    ids: list[str] = []
    token = ""
    while True:
        request = audit_service_pb2.ListAuditRecordsRequest(
            **{"organization_id": ORGANIZATION, "page_size": page_size, "page_token": token, **filters}
        )
        page = await desk.audit.ListAuditRecords(request)
        assert len(page.audit_records) <= page_size
        ids += [record.audit_record_id for record in page.audit_records]
        if not (token := page.next_page_token):
            return ids


async def test_filters_and_pages(desk: Desk) -> None:
    await desk.subscribe()
    one, two = await desk.new_ticket("RESOLVED"), await desk.new_ticket()
    sales = await desk.new_workspace()
    everything = [r.audit_record_id for r in reversed(await desk.records())]

    for page_size in (1, 3, 200):
        assert await _listed(desk, page_size) == everything
    filters: list[tuple[dict[str, str], int]] = [
        ({"ticket_id": one}, 4),
        ({"ticket_id": two}, 3),
        ({"action": "ticket.created"}, 2),
        ({"action": "ticket.created", "ticket_id": two}, 1),
        ({"workspace_id": sales}, 1),
        ({"workspace_id": WORKSPACE, "action": "workspace.created"}, 1),
        ({"workspace_id": WORKSPACE, "action": "workspace.updated"}, 0),
        ({"action": "no.such.action"}, 0),
        ({"organization_id": "another"}, 0),
        ({"organization_id": "another", "ticket_id": one}, 0),
    ]
    for wanted, count in filters:
        assert len(await _listed(desk, 2, **wanted)) == count, wanted


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"organization_id": ""}, "FIELD_REQUIRED", id="no organization"),
        pytest.param({"page_size": -1}, "FIELD_INVALID", id="negative page_size"),
        pytest.param({"action": "another"}, "PAGE_TOKEN_INVALID", id="another filter than on the page before"),
    ],
)
async def test_listing_that_is_refused(shared_desk: Desk, fields: dict[str, Any], reason: str) -> None:
    await shared_desk.new_ticket(customer_address=fresh_address())
    first = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, page_size=1)
    token = (await shared_desk.audit.ListAuditRecords(first)).next_page_token

    request = audit_service_pb2.ListAuditRecordsRequest(
        **{"organization_id": ORGANIZATION, "page_token": token, **fields}
    )

    assert (await error_of(shared_desk.audit.ListAuditRecords(request))).reason == reason


async def test_channel_changes_are_recorded_without_the_number(desk: Desk) -> None:
    channel = await desk.subscribe(display_name="Our secret line")
    request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel.channel_id)
    await desk.channels.DeleteChannel(request, metadata=AGENT)

    records = await desk.records()

    assert [(r.action, r.subject_id, r.actor.id) for r in records] == [
        ("workspace.created", WORKSPACE, "ticket_service"),
        ("channel.created", channel.channel_id, "dana"),
        ("channel.deleted", channel.channel_id, "dana"),
    ]
    assert records[1].details["number"] == "+*******1000"
