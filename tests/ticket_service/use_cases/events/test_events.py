"""Who follows events sees every audit record of theirs, in order per ticket, whatever happens to the stream."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from keva.ticket.v1 import event_service_pb2 as pb
from keva.ticket.v1 import ticket_service_pb2
from servicekit.errors import KevaError
from servicekit.rpc import caller_checks
from servicekit.rpc.request_context import ACTOR_METADATA
from tests.mongo_clients import mongo_client
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import AGENT, ORGANIZATION, WORKSPACE, Desk, error_of, fresh_address
from tests.ticket_service.events import all_listed, ids, in_order, listed, watching
from ticket_service.domain.events.event import EventFilter, Position
from ticket_service.domain.staff.agent import Role
from ticket_service.use_cases.events.resume_tokens import ResumeTokens

# Records of a new ticket: the customer, the ticket, the text.
OF_A_TICKET = 3
BEGINNING = Timestamp(seconds=1)


def names(events: list[pb.Event]) -> list[tuple[str, int]]:
    """Types with their places."""
    return [(event.type, event.sequence) for event in events]


async def test_a_watcher_sees_what_happens_as_it_is_recorded(shared_desk: Desk) -> None:
    async with watching(shared_desk.events) as watch:
        ticket_id = await shared_desk.new_ticket()
        await shared_desk.note(ticket_id)
        events = await watch.take(OF_A_TICKET + 1)

    records = await shared_desk.records(ticket_id=ticket_id)
    assert [
        (e.event_id, e.type, e.sequence, e.event_time, e.actor, e.subject_id, dict(e.details), e.workspace_id)
        for e in events
    ] == [
        (
            *(r.audit_record_id, r.action, r.sequence, r.record_time, r.actor, r.subject_id, dict(r.details)),
            r.workspace_id,
        )
        for r in records
    ]
    assert not any(event.HasField("ticket") or event.HasField("message") for event in events)


async def test_a_watcher_who_comes_back_gets_what_it_has_missed(shared_desk: Desk) -> None:
    async with watching(shared_desk.events) as watch:
        first = await shared_desk.new_ticket()
        seen = await watch.take(OF_A_TICKET)
        token = watch.token
    missed = await shared_desk.new_ticket()
    async with watching(shared_desk.events, resume_token=token) as watch:
        await shared_desk.note(missed)
        seen += [*watch.first, *await watch.take(OF_A_TICKET + 1)]

    assert names(seen) == [
        *(("customer.created", 1), ("ticket.created", 2), ("message.received", 3)) * 2,
        ("note.added", 4),
    ]
    assert [event.ticket_id for event in seen] == [first] * 3 + [missed] * 4


async def test_a_quiet_stream_says_that_it_is_there(start_desk: StartDesk) -> None:
    desk = await start_desk(event_heartbeat_seconds=0.02)
    async with watching(desk.events) as watch:
        first = watch.token
        assert [await watch.next() for _ in range(3)] == [[]] * 3
        token = watch.token
    await desk.subscribe()

    async with watching(desk.events, resume_token=token) as watch:
        assert names([*watch.first, *await watch.take(1 - len(watch.first))]) == [("channel.created", 2)]
    assert first


async def test_a_poller_gets_page_by_page_what_happened_since(shared_desk: Desk) -> None:
    now = await listed(shared_desk.events)
    tickets = [await shared_desk.new_ticket() for _ in range(3)]

    events, token = await all_listed(shared_desk.events, resume_token=now.resume_token, page_size=2)

    assert (list(now.events), now.more) == ([], False)
    assert names(events) == [("customer.created", 1), ("ticket.created", 2), ("message.received", 3)] * 3
    assert list(dict.fromkeys(event.ticket_id for event in events)) == tickets
    assert not (await listed(shared_desk.events, resume_token=token)).events


async def test_pages_and_streams_share_their_tokens(shared_desk: Desk) -> None:
    async with watching(shared_desk.events) as watch:
        await shared_desk.new_ticket()
        await watch.take(OF_A_TICKET)
        token = watch.token
        noted = await shared_desk.new_ticket()
        await watch.take(OF_A_TICKET)
        page = await all_listed(shared_desk.events, resume_token=token)
    async with watching(shared_desk.events, resume_token=page[1]) as watch:
        await shared_desk.note(noted)
        last = await watch.take(1)

    assert {event.ticket_id for event in page[0]} == {noted}
    assert names(last) == [("note.added", 4)]


async def test_only_what_is_asked_for_comes(shared_desk: Desk) -> None:
    async with watching(shared_desk.events, types=["workspace.created"]) as watch:
        other = await shared_desk.new_workspace("Sales")
        # What "now" means is what has been read of the database's own feed: events of a moment ago may follow it.
        await watch.take_until(lambda event: event.subject_id == other)
    now = (await listed(shared_desk.events, workspace_id=WORKSPACE)).resume_token
    elsewhere = (await listed(shared_desk.events, workspace_id=other)).resume_token
    async with watching(shared_desk.events, workspace_id=WORKSPACE, types=["note.added", "ticket.closed"]) as watch:
        await shared_desk.new_workspace("Another one")
        ticket_id = await shared_desk.new_ticket()
        await shared_desk.note(ticket_id)
        await shared_desk.change("CloseTicket", ticket_id)
        seen = await watch.take(2)

    assert names(seen) == [("note.added", 4), ("ticket.closed", 5)]
    fields = {"workspace_id": WORKSPACE, "resume_token": now}
    assert {e.workspace_id for e in (await all_listed(shared_desk.events, **fields))[0]} == {WORKSPACE}
    assert names((await all_listed(shared_desk.events, types=["note.added"], page_size=1, **fields))[0]) == [
        ("note.added", 4)
    ]
    assert (await all_listed(shared_desk.events, workspace_id=other, resume_token=elsewhere))[0] == []


async def test_tickets_and_messages_come_as_they_are_now(shared_desk: Desk) -> None:
    now = (await listed(shared_desk.events)).resume_token
    ticket_id = await shared_desk.new_ticket(text="the first words")
    await shared_desk.change("ResolveTicket", ticket_id)

    events, _ = await all_listed(shared_desk.events, resume_token=now, include_ticket=True, include_message=True)

    ticket = await shared_desk.ticket(ticket_id)
    assert [event.ticket for event in events] == [ticket] * 4
    assert [event.message.text for event in events] == ["", "", "the first words", ""]
    assert [event.HasField("message") for event in events] == [False, False, True, False]
    assert "the first words" not in str((await all_listed(shared_desk.events, resume_token=now))[0])


async def test_a_ticket_that_nobody_can_read_stops_nobody_who_follows(shared_desk: Desk) -> None:
    now = (await listed(shared_desk.events)).resume_token
    poisoned, other = await shared_desk.new_ticket(), await shared_desk.new_ticket()
    with mongo_client(shared_desk.database[0]) as client:
        tickets = client[shared_desk.database[1]].tickets
        tickets.update_one({"_id": poisoned}, {"$set": {"number": "one"}})

        events, _ = await all_listed(shared_desk.events, resume_token=now, include_ticket=True, include_message=True)

        tickets.delete_one({"_id": poisoned})
    assert {event.ticket_id for event in events} >= {poisoned, other}
    assert {event.ticket.ticket_id for event in events if event.HasField("ticket")} == {other}


async def test_what_was_erased_since_is_in_no_event(shared_desk: Desk) -> None:
    now = (await listed(shared_desk.events)).resume_token
    ticket_id = await shared_desk.new_ticket(text="the first words")
    customer_id = (await shared_desk.ticket(ticket_id)).customer_id
    request = ticket_service_pb2.ForgetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
    await shared_desk.tickets.ForgetCustomer(request, metadata=AGENT)
    await shared_desk.until_recorded("customer.erased", "")

    events, _ = await all_listed(shared_desk.events, resume_token=now, include_ticket=True, include_message=True)

    assert {"message.received", "ticket.erased"} <= {event.type for event in events}
    assert "the first words" not in str(events)


async def test_everything_from_the_beginning_comes_in_order(shared_desk: Desk) -> None:
    tickets = [await shared_desk.new_ticket() for _ in range(4)]
    for ticket_id in tickets:
        await shared_desk.note(ticket_id)

    events, _ = await all_listed(shared_desk.events, start_time=BEGINNING, page_size=7)
    async with watching(shared_desk.events, start_time=BEGINNING) as watch:
        watched = [*watch.first, *await watch.take(len(events) - len(watch.first))]

    recorded = {record.audit_record_id for record in await shared_desk.records(action="note.added")}
    assert recorded <= ids(events).keys() == ids(watched).keys()
    assert in_order(events)
    assert in_order(watched)
    assert events[0].sequence == 1


async def test_a_start_time_leaves_out_what_was_before(shared_desk: Desk) -> None:
    before = await shared_desk.new_ticket()
    start = Timestamp()
    await asyncio.sleep(0.01)
    start.FromDatetime(datetime.now(UTC))
    after = await shared_desk.new_ticket()

    events, _ = await all_listed(shared_desk.events, start_time=start)

    assert {event.ticket_id for event in events} == {after}
    assert before != after


def _sealed(position: Position, wanted: EventFilter | None = None) -> str:
    return ResumeTokens(AUDIT_KEYS).seal(position, wanted or EventFilter(ORGANIZATION))


async def test_a_token_holds_for_its_organization_and_workspace_alone(shared_desk: Desk) -> None:
    mine = (await listed(shared_desk.events)).resume_token
    of_workspace = (await listed(shared_desk.events, workspace_id=WORKSPACE)).resume_token
    wrong = (
        *("x", "é", "a" * 5000, mine[:-1], mine + "AA", mine.swapcase(), of_workspace, mine[:40], " " + mine, "===="),
        *(_sealed(Position("82", datetime.now(UTC)), EventFilter("globex")), "AAAA" * 20),
    )
    for token in wrong:
        error = await error_of(listed(shared_desk.events, resume_token=token))
        assert error.reason == "RESUME_TOKEN_INVALID"
        with pytest.raises(KevaError, match="begin again without it"):
            async with watching(shared_desk.events, resume_token=token):
                pass
    assert (await error_of(listed(shared_desk.events, workspace_id=WORKSPACE, resume_token=mine))).reason == (
        "RESUME_TOKEN_INVALID"
    )
    with pytest.raises(KevaError, match="no workspace"):
        async with watching(shared_desk.events, workspace_id="wsp_nobodys"):
            pass


@pytest.mark.parametrize("rpc", ["list", "watch"])
async def test_a_place_that_the_database_does_not_know_says_how_to_go_on(shared_desk: Desk, rpc: str) -> None:
    now = (await listed(shared_desk.events)).resume_token
    ticket_id = await shared_desk.new_ticket()
    await shared_desk.note(ticket_id)
    page = await listed(shared_desk.events, resume_token=now, page_size=1)
    position = ResumeTokens(AUDIT_KEYS).open(page.resume_token, EventFilter(ORGANIZATION))
    # The place of an event that there never was, as of another database's: its time is changed.
    place = f"{position.place[:14]}{(int(position.place[14:18], 16) + 1) % 65536:04X}{position.place[18:]}"
    lost = _sealed(Position(place, datetime.now(UTC)))

    async def watch() -> None:
        async with watching(shared_desk.events, resume_token=lost) as watch:
            await watch.next()

    if rpc == "list":
        error = await error_of(listed(shared_desk.events, resume_token=lost))
    else:
        with pytest.raises(KevaError) as raised:
            await watch()
        error = raised.value

    assert error.reason == "RESUME_TOKEN_EXPIRED"
    start = Timestamp()
    start.FromJsonString(error.metadata["start_time"])
    assert start.ToDatetime(UTC) < datetime.now(UTC) - timedelta(minutes=4)
    events, _ = await all_listed(shared_desk.events, start_time=start)
    assert ("note.added", 4) in names([event for event in events if event.ticket_id == ticket_id])


WRONG = [
    pytest.param({"organization_id": ""}, "organization_id is required", id="no organization"),
    pytest.param({"types": ["ticket.create"]}, "types has an entry that is not an audit action", id="unknown type"),
    pytest.param({"start_time": Timestamp(seconds=9**12)}, "start_time is out of range", id="no time"),
    pytest.param({"start_time": Timestamp(seconds=4_000_000_000)}, "must not be in the future", id="the future"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
async def test_what_cannot_be_asked_for_is_said(shared_desk: Desk, fields: dict[str, object], said: str) -> None:
    assert said in (await error_of(listed(shared_desk.events, **fields))).message
    with pytest.raises(KevaError, match=said):
        async with watching(shared_desk.events, **fields):
            pass


async def test_an_agent_who_may_not_see_it_any_more_hears_no_more(
    start_desk: StartDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_checks, "_AGAIN_SECONDS", 0)
    desk = await start_desk(event_heartbeat_seconds=0.02)
    desk.put_agent("anna", Role.AGENT, (WORKSPACE,))
    anna = ((ACTOR_METADATA, "agent:anna"),)

    async with watching(desk.events, metadata=anna, workspace_id=WORKSPACE) as watch:
        await watch.next()
        await desk.deactivate("anna")
        with pytest.raises(KevaError) as raised:
            await watch.take(1)
    with pytest.raises(KevaError) as everywhere:
        async with watching(desk.events, metadata=anna):
            pass

    assert raised.value.reason == "AGENT_INACTIVE"
    assert everywhere.value.reason == "AGENT_INACTIVE"


async def test_there_is_a_most_of_watchers(start_desk: StartDesk) -> None:
    desk = await start_desk(max_event_watchers=1)
    async with watching(desk.events):
        with pytest.raises(KevaError) as raised:
            async with watching(desk.events):
                pass
    assert raised.value.reason == "OVERLOADED"


async def test_a_replica_that_ends_sends_its_watchers_to_another_at_once(start_desk: StartDesk) -> None:
    leaves = asyncio.Event()
    # Longer than a test may take: a stream that held up the end would be noticed.
    leaving, staying = await start_desk(leaves, drain_seconds=300), await start_desk()
    await staying.subscribe()
    async with watching(leaving.events) as watch:
        await staying.new_ticket()
        seen = await watch.take(OF_A_TICKET)
        leaves.set()
        with pytest.raises(KevaError) as raised:
            await watch.next()
    ticket_id = await staying.new_ticket()
    async with watching(staying.events, resume_token=watch.token) as watch:
        seen += [*watch.first, *await watch.take(OF_A_TICKET - len(watch.first))]

    assert raised.value.reason == "REPLICA_DRAINING"
    assert seen[-1].ticket_id == ticket_id
    assert in_order(seen)


async def test_watchers_of_two_replicas_see_the_same(start_desk: StartDesk) -> None:
    desks = [await start_desk(), await start_desk()]
    await desks[0].subscribe()
    customers = [fresh_address() for _ in range(5)]
    async with watching(desks[0].events) as one, watching(desks[1].events) as other:
        await asyncio.gather(
            *(desk.text(customer_address=customer) for customer in customers for desk in desks for _ in range(3))
        )
        recorded = [record for record in await desks[0].records() if record.ticket_id]
        seen = [await watch.take(len(recorded)) for watch in (one, other)]

    for events in seen:
        assert [event.event_id for event in events] == [event.event_id for event in seen[0]]
        assert ids(events) == {record.audit_record_id: 1 for record in recorded}
        assert in_order(events)
