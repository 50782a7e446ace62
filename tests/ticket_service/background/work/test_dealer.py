"""New tickets of a channel that leaves them to available agents: dealt once each, never above the limit, whichever
replicas and agents come and go."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import agent_service_pb2 as agents_pb
from keva.ticket.v1 import channel_service_pb2, hand_off_pb2, routing_pb2, ticket_service_pb2
from tests.mongo_clients import client_of_services
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.conftest import StartDesk
from tests.ticket_service.desk import (
    AGENT,
    NOBODY,
    ORGANIZATION,
    THE_AI,
    WORKSPACE,
    Desk,
    agent,
    error_of,
    fresh_address,
    inbound,
)
from tests.ticket_service.raw_documents import changed
from tests.ticket_service.responder_peer import ResponderPeer, always, hand_off
from tests.ticket_service.use_cases.work.test_hours import change
from ticket_service.background.dealer import Dealer
from ticket_service.domain.staff.agent import Role
from ticket_service.mongo.store import MongoStore

OTHER_NUMBER = "+15550002000"
AVAILABLE = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AVAILABLE_AGENT)
# Its own dealer looks at its start, at whatever time that comes, and deals when a text or an agent comes.
NEVER: dict[str, Any] = {"deal_poll_seconds": 3600}


async def _come(desk: Desk, *agent_ids: str, role: Role = Role.AGENT) -> None:
    """These agents of the workspace are there, and available."""
    for agent_id in agent_ids:
        desk.put_agent(agent_id, role, (WORKSPACE,))
        await _say(desk, agent_id, agents_pb.AGENT_AVAILABILITY_AVAILABLE)


async def _say(desk: Desk, agent_id: str, availability: Any) -> None:
    request = agents_pb.SetAgentAvailabilityRequest(
        organization_id=ORGANIZATION, agent_id=agent_id, availability=availability
    )
    await desk.agents.SetAgentAvailability(request, metadata=AGENT)


async def _auto_assign(desk: Desk, channel_id: str, to: routing_pb2.Assignee) -> routing_pb2.Assignee:
    """What the channel does with its new tickets afterwards."""
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=ORGANIZATION,
        channel=channel_service_pb2.Channel(channel_id=channel_id, auto_assign=to),
        update_mask=FieldMask(paths=["auto_assign"]),
    )
    return (await desk.channels.UpdateChannel(request, metadata=AGENT)).channel.auto_assign


async def _until_dealt(desk: Desk, ticket_id: str) -> str:
    """Who got it."""
    await desk.until_recorded("ticket.assigned", ticket_id)
    return (await desk.ticket(ticket_id)).assignee.agent_id


@pytest.fixture
async def stores(mongod: Mongod, database: str) -> AsyncIterator[list[MongoStore]]:
    """Those of three more replicas."""
    made = [MongoStore(mongod.uri, database, AUDIT_KEYS, shared=client_of_services(mongod.uri)) for _ in range(3)]
    yield made
    for store in made:
        store.close()


def _dealer(store: MongoStore) -> Dealer:
    return Dealer(store.dealing, store.workspaces, lambda: datetime.now(UTC), 3600)


async def test_dealt_to_who_has_fewest_and_waits_when_nobody_can_take_it(start_desk: StartDesk) -> None:
    desk = await start_desk(deal_poll_seconds=0.05)
    channel = await desk.subscribe(auto_assign=AVAILABLE)
    await change(desk, max_open_tickets=1)
    first = await desk.new_ticket()
    assert channel.auto_assign == AVAILABLE

    await _come(desk, "ann")
    assert await _until_dealt(desk, first) == "ann"
    second, third = await desk.new_ticket(), await desk.new_ticket()
    await _come(desk, "bob")
    assert await _until_dealt(desk, second) == "bob"
    assert (await desk.ticket(third)).assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY
    # Whoever has answered one has room for another.
    await desk.reply(second)

    assert await _until_dealt(desk, third) == "bob"
    (record,) = await desk.records(ticket_id=third, action="ticket.assigned")
    assert (record.actor.id, dict(record.details)) == ("round_robin", {"from": "nobody", "to": "agent:bob"})


async def test_replicas_at_once_deal_each_ticket_once_and_nobody_too_many(
    start_desk: StartDesk, stores: list[MongoStore]
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    await change(desk, max_open_tickets=4)
    outcomes = await desk.texts(*(inbound(customer_address=fresh_address()) for _ in range(30)))
    await _come(desk, "ann", "bob", "cas", "dee")

    async def deal(store: MongoStore) -> None:
        while await _dealer(store).deal_waiting():
            pass

    for _ in range(2):
        await asyncio.gather(*map(deal, stores))

    tickets = [await desk.ticket(outcome.stored.ticket_id) for outcome in outcomes]
    loads = Counter(ticket.assignee.agent_id for ticket in tickets)
    assert loads == {"ann": 4, "bob": 4, "cas": 4, "dee": 4, "": 14}
    assigned = await desk.records(action="ticket.assigned")
    assert len(assigned) == len({record.ticket_id for record in assigned}) == 16
    # The oldest ones, and nobody's chain is broken.
    assert {ticket.ticket_id for ticket in tickets if ticket.assignee.agent_id} == {
        outcome.stored.ticket_id for outcome in outcomes[:16]
    }


async def test_who_is_dealt_nothing(start_desk: StartDesk, stores: list[MongoStore]) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    await _come(desk, "vera", role=Role.VIEWER)
    await _come(desk, "gone", "away")
    await _say(desk, "away", agents_pb.AGENT_AVAILABILITY_AWAY)
    await desk.deactivate("gone")
    desk.put_agent("elsewhere", Role.AGENT, ("wsp_other",))
    await _say(desk, "elsewhere", agents_pb.AGENT_AVAILABILITY_AVAILABLE)
    ticket_id = await desk.new_ticket()

    await _dealer(stores[0]).deal_waiting()

    assert (await desk.ticket(ticket_id)).assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY


async def test_deactivated_at_the_same_moment_leaves_no_ticket_behind(
    start_desk: StartDesk, stores: list[MongoStore]
) -> None:
    desk = await start_desk(**NEVER)
    await desk.subscribe(auto_assign=AVAILABLE)
    await _come(desk, "ann")
    outcomes = await desk.texts(*(inbound(customer_address=fresh_address()) for _ in range(10)))

    await asyncio.gather(desk.deactivate("ann"), *(_dealer(store).deal_waiting() for store in stores))

    async with asyncio.timeout(60):
        while True:
            tickets = [await desk.ticket(outcome.stored.ticket_id) for outcome in outcomes]
            if not any(ticket.assignee.agent_id for ticket in tickets):
                break
            await asyncio.sleep(0.05)
    # And whoever comes next gets them.
    await _come(desk, "bob")
    while await _dealer(stores[0]).deal_waiting():
        pass
    assert {(await desk.ticket(o.stored.ticket_id)).assignee.agent_id for o in outcomes} == {"bob"}


@pytest.mark.parametrize("take", ["assign", "resolve", "close"])
async def test_ticket_that_somebody_takes_first_is_not_dealt(
    start_desk: StartDesk, stores: list[MongoStore], take: str
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    ticket_id = await desk.new_ticket()
    if take == "assign":
        await desk.change("AssignTicket", ticket_id, assignee=agent("dana"))
    else:
        await desk.change(f"{take.title()}Ticket", ticket_id)
    before = await desk.ticket(ticket_id)

    await _come(desk, "ann")
    await _dealer(stores[0]).deal_waiting()

    assert await desk.ticket(ticket_id) == before


async def test_ticket_whose_assignment_is_taken_back_is_dealt(start_desk: StartDesk, stores: list[MongoStore]) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    alone, one_of_several, given_up = [await desk.new_ticket() for _ in range(3)]
    for ticket_id in (alone, one_of_several, given_up):
        await desk.change("AssignTicket", ticket_id, assignee=agent("dana"))

    await desk.change("AssignTicket", alone, assignee=NOBODY, as_before=True)
    several = ticket_service_pb2.BatchUpdateTicketsRequest(
        workspace_id=WORKSPACE, ticket_ids=[one_of_several], assign=NOBODY, as_before=True
    )
    await desk.tickets.BatchUpdateTickets(several, metadata=AGENT)
    await desk.change("AssignTicket", given_up, assignee=NOBODY)
    await _come(desk, "ann")
    await _dealer(stores[0]).deal_waiting()

    assert [(await desk.ticket(ticket_id)).assignee for ticket_id in (alone, one_of_several, given_up)] == [
        agent("ann"),
        agent("ann"),
        NOBODY,
    ]


async def test_ticket_that_is_taken_back_is_dealt_to_nobody_where_agents_share_no_more(
    start_desk: StartDesk, stores: list[MongoStore]
) -> None:
    desk = await start_desk(at_rest=True)
    channel = await desk.subscribe(auto_assign=AVAILABLE)
    opened, pending, as_before, unassigned = tickets = [await desk.new_ticket() for _ in range(4)]
    for ticket_id in (opened, pending, as_before):
        await desk.change("ResolveTicket", ticket_id)
    await desk.change("AssignTicket", unassigned, assignee=agent("dana"))
    await _auto_assign(desk, channel.channel_id, NOBODY)

    await desk.change("ReopenTicket", opened)
    await desk.change("ReopenTicket", pending, state=ticket_service_pb2.TICKET_STATE_PENDING)
    await desk.change("ReopenTicket", as_before, as_before=True)
    await desk.change("AssignTicket", unassigned, assignee=NOBODY, as_before=True)
    await _come(desk, "ann")
    await _dealer(stores[0]).deal_waiting()

    assert [(await desk.ticket(ticket_id)).assignee for ticket_id in tickets] == [NOBODY] * 4


async def _remove(desk: Desk, channel_id: str) -> None:
    request = channel_service_pb2.DeleteChannelRequest(organization_id=ORGANIZATION, channel_id=channel_id)
    await desk.channels.DeleteChannel(request, metadata=AGENT)


async def _move(desk: Desk, channel_id: str) -> None:
    request = channel_service_pb2.UpdateChannelRequest(
        organization_id=ORGANIZATION,
        channel=channel_service_pb2.Channel(channel_id=channel_id, workspace_id=await desk.new_workspace()),
        update_mask=FieldMask(paths=["workspace_id"]),
    )
    await desk.channels.UpdateChannel(request, metadata=AGENT)


async def _turn_off(desk: Desk, channel_id: str) -> None:
    await _auto_assign(desk, channel_id, NOBODY)


@pytest.mark.parametrize("stop", [_turn_off, _remove, _move])
async def test_tickets_that_wait_are_dealt_only_where_their_channel_still_says_so(
    start_desk: StartDesk, stores: list[MongoStore], stop: Callable[[Desk, str], Awaitable[None]]
) -> None:
    desk = await start_desk(at_rest=True)
    changed = await desk.subscribe(auto_assign=AVAILABLE)
    first, second = [await desk.new_ticket() for _ in range(2)]
    await desk.subscribe(phone_number=OTHER_NUMBER, auto_assign=AVAILABLE)
    others = [await desk.new_ticket(channel_address=OTHER_NUMBER) for _ in range(2)]

    await stop(desk, changed.channel_id)
    await _come(desk, "ann")
    await _dealer(stores[0]).deal_waiting()

    assert [(await desk.ticket(ticket_id)).assignee for ticket_id in (first, second)] == [NOBODY] * 2
    assert [(await desk.ticket(ticket_id)).assignee for ticket_id in others] == [agent("ann")] * 2


async def test_tickets_that_waited_do_not_begin_to_wait_again_when_a_channel_is_turned_on_again(
    start_desk: StartDesk, stores: list[MongoStore]
) -> None:
    desk = await start_desk(at_rest=True)
    channel = await desk.subscribe(auto_assign=AVAILABLE)
    before = [await desk.new_ticket() for _ in range(3)]
    await _turn_off(desk, channel.channel_id)
    # Nobody is there.
    while await _dealer(stores[0]).deal_waiting():
        pass

    await _auto_assign(desk, channel.channel_id, AVAILABLE)
    after = await desk.new_ticket()
    await _come(desk, "ann")
    await _dealer(stores[0]).deal_waiting()

    dealt = [t for t in (*before, after) if (await desk.ticket(t)).assignee == agent("ann")]
    assert dealt == [after]


@pytest.mark.parametrize(("auto_assign", "dealt"), [(AVAILABLE, agent("ann")), (NOBODY, NOBODY)])
async def test_ticket_that_the_ai_leaves_to_a_person_is_dealt_where_agents_share_them(
    start_desk: StartDesk,
    stores: list[MongoStore],
    ai_settings: dict[str, Any],
    responder: ResponderPeer,
    auto_assign: routing_pb2.Assignee,
    dealt: routing_pb2.Assignee,
) -> None:
    desk = await start_desk(**NEVER, **ai_settings)
    await desk.subscribe(auto_assign=auto_assign)
    responder.answer = always(hand_off("NOT_KNOWN"))
    ticket_id = await desk.new_ticket()
    await desk.change("AssignTicket", ticket_id, assignee=THE_AI)
    await desk.until_recorded("ai.handed_off", ticket_id)
    await _come(desk, "ann")

    await _dealer(stores[0]).deal_waiting()

    ticket = await desk.ticket(ticket_id)
    assert ticket.assignee == dealt
    assert ticket.hand_off_reason == hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN


async def test_ticket_that_a_text_opens_again_is_dealt_at_once_and_never_twice(start_desk: StartDesk) -> None:
    desk = await start_desk(**NEVER)
    await desk.subscribe(auto_assign=AVAILABLE)
    customer = fresh_address()
    ticket_id = await desk.new_ticket("RESOLVED", customer_address=customer)
    await _come(desk, "ann")

    await desk.text("one more thing", customer_address=customer)

    assert await _until_dealt(desk, ticket_id) == "ann"
    await desk.change("ResolveTicket", ticket_id)
    await desk.text("and another", customer_address=customer)
    assert (await desk.ticket(ticket_id)).assignee == agent("ann")
    assert (await desk.actions(ticket_id)).count("ticket.assigned") == 1


async def test_ticket_that_cannot_be_read_keeps_no_other_waiting(
    start_desk: StartDesk, stores: list[MongoStore], mongod: Mongod, database: str
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    poisoned, other = await desk.new_ticket(), await desk.new_ticket()
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database]["tickets"].update_one({"_id": poisoned}, {"$set": {"state": "LOST"}})
    await _come(desk, "ann")

    await _dealer(stores[0]).deal_waiting()

    assert (await desk.ticket(other)).assignee == agent("ann")


async def test_ten_tickets_that_cannot_be_read_keep_no_other_waiting(
    start_desk: StartDesk, stores: list[MongoStore], mongod: Mongod, database: str
) -> None:
    desk = await start_desk(at_rest=True)
    await desk.subscribe(auto_assign=AVAILABLE)
    outcomes = await desk.texts(*(inbound(customer_address=fresh_address()) for _ in range(11)))
    *poisoned, other = sorted(outcome.stored.ticket_id for outcome in outcomes)
    with changed(mongod, database, "tickets") as tickets:
        tickets.update_many({"_id": {"$in": poisoned}}, {"$set": {"state": "LOST"}})
    await _come(desk, "ann")

    await _dealer(stores[0]).deal_waiting()

    assert (await desk.ticket(other)).assignee == agent("ann")


async def test_available_is_for_channels_alone(desk: Desk) -> None:
    channel = await desk.subscribe(auto_assign=AVAILABLE)
    ticket_id = await desk.new_ticket()

    error = await error_of(desk.change("AssignTicket", ticket_id, assignee=AVAILABLE))
    assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "assignee.kind")
    listing = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, assignee=AVAILABLE)
    assert (await error_of(desk.tickets.ListTickets(listing))).reason == "FIELD_INVALID"
    assert channel.auto_assign == AVAILABLE


async def test_channel_is_changed_between_agents_and_the_ai(desk: Desk) -> None:
    channel = await desk.subscribe(auto_assign=AVAILABLE)

    for wanted in (THE_AI, AVAILABLE, NOBODY, AVAILABLE):
        assert await _auto_assign(desk, channel.channel_id, wanted) == wanted
    updates = await desk.records(action="channel.updated")
    assert [record.details["auto_assign"] for record in updates] == ["ai", "available", "nobody", "available"]
