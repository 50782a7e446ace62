"""Tags over gRPC: added and removed by several at once, and listed with how many tickets have them."""

import asyncio

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.ticket_service.desk import AGENT, Desk, error_of, fresh_address


async def _listed(desk: Desk, workspace_id: str, **page: object) -> pb.ListTagsResponse:
    return await desk.tickets.ListTags(pb.ListTagsRequest(workspace_id=workspace_id, **page))  # type: ignore[arg-type]


async def test_tags_that_many_add_at_once_are_all_there(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    await shared_desk.change("AddTags", ticket_id, tags=["old"])
    names = [f"tag {number:02}" for number in range(15)]

    await asyncio.gather(
        *(shared_desk.change("AddTags", ticket_id, tags=[name]) for name in names),
        shared_desk.change("RemoveTags", ticket_id, tags=["old"]),
    )

    assert sorted((await shared_desk.ticket(ticket_id)).tags) == names
    assert (await shared_desk.actions(ticket_id)).count("ticket.updated") == 17


async def test_refused(shared_desk: Desk) -> None:
    ticket_id = await shared_desk.new_ticket()
    await shared_desk.change("AddTags", ticket_id, tags=[str(number) for number in range(20)])

    error = await error_of(shared_desk.change("AddTags", ticket_id, tags=["one more"]))
    assert (error.reason, dict(error.metadata)) == ("TOO_MANY_TAGS", {"ticket_id": ticket_id, "limit": "20"})
    for rpc in ("AddTags", "RemoveTags"):
        error = await error_of(shared_desk.change(rpc, ticket_id))
        assert (error.reason, error.metadata["field"]) == ("FIELD_REQUIRED", "tags")
        error = await error_of(shared_desk.change(rpc, ticket_id, tags=["x" * 51]))
        assert (error.reason, error.metadata["field"]) == ("FIELD_INVALID", "tags")
        error = await error_of(shared_desk.change(rpc, "tkt_unknown", tags=["x"]))
        assert error.reason == "TICKET_NOT_FOUND"


async def test_letters_small_or_capital_make_one_tag_in_its_first_spelling(shared_desk: Desk) -> None:
    first, second = await shared_desk.new_ticket(), await shared_desk.new_ticket()
    name = f"vip {first[-6:].lower()}"

    tagged = await shared_desk.change("AddTags", first, tags=[name, name.upper()])
    again = await shared_desk.change("AddTags", first, tags=[name.upper()])
    other = await shared_desk.change("AddTags", second, tags=[name.upper()])
    wanted = pb.ListTicketsRequest(workspace_id="default", tags=[name.capitalize()])
    listed = (await shared_desk.tickets.ListTickets(wanted)).tickets

    assert list(tagged.tags) == list(again.tags) == list(other.tags) == [name]
    assert {ticket.ticket_id for ticket in listed} == {first, second}
    assert not (await shared_desk.change("RemoveTags", first, tags=[name.upper()])).tags


async def test_a_mix_of_letters_is_another_tag_except_on_its_own_ticket(shared_desk: Desk) -> None:
    first, second, third = [await shared_desk.new_ticket() for _ in range(3)]
    mixed = f"iPhone {first[-6:]}x"

    await shared_desk.change("AddTags", first, tags=[mixed])
    again = await shared_desk.change("AddTags", first, tags=[mixed.lower()])
    other = await shared_desk.change("AddTags", second, tags=[mixed.lower()])
    mixed_otherwise = await shared_desk.change("AddTags", third, tags=[mixed.swapcase()])

    assert (list(again.tags), list(other.tags)) == ([mixed], [mixed.lower()])
    assert list(mixed_otherwise.tags) == [mixed.lower()]


async def test_a_tag_has_one_spelling_wherever_it_comes_in(shared_desk: Desk) -> None:
    desk, other = shared_desk, await shared_desk.new_ticket()
    first = await desk.new_ticket()
    name = f"vip {first[-6:].lower()}"
    await desk.change("AddTags", first, tags=[name])

    new = pb.Ticket(ticket_id=other, tags=[name.upper(), "Other"])
    update = pb.UpdateTicketRequest(workspace_id="default", ticket=new, update_mask=FieldMask(paths=["tags"]))
    updated = (await desk.tickets.UpdateTicket(update, metadata=AGENT)).ticket
    channel_id = updated.channel_id
    start = pb.StartConversationRequest(
        workspace_id="default", channel_id=channel_id, address=fresh_address(), text="hi", tags=[name.title()]
    )
    start.request_id = f"start {name}"
    started = (await desk.tickets.StartConversation(start, metadata=AGENT)).ticket
    again = (await desk.tickets.StartConversation(start, metadata=AGENT)).ticket
    wanted = pb.ListTicketsRequest(workspace_id="default", tags=[name.upper()])
    listed = (await desk.tickets.ListTickets(wanted)).tickets

    assert (list(updated.tags), list(started.tags)) == ([name, "Other"], [name])
    assert (again.ticket_id, list(again.tags)) == (started.ticket_id, [name])
    assert {ticket.ticket_id for ticket in listed} == {first, other, started.ticket_id}


async def test_listed_with_counts_page_by_page(shared_desk: Desk) -> None:
    workspace_id = await shared_desk.new_workspace("Tags")
    channel = await shared_desk.subscribe(phone_number="+15550002000", workspace_id=workspace_id)
    tickets = [
        (await shared_desk.text(customer_address=f"+1555999{number:04}", channel_address=channel.phone_number)).stored
        for number in range(3)
    ]
    for number, stored in enumerate(tickets):
        tags = ["👩‍💻", "vip", *([] if number else ["first", "Ärger"])]
        await shared_desk.change("AddTags", stored.ticket_id, workspace_id=workspace_id, tags=tags)
    await shared_desk.change("CloseTicket", tickets[0].ticket_id, workspace_id=workspace_id)

    found, token = [], ""
    while True:
        page = await _listed(shared_desk, workspace_id, page_size=1, page_token=token)
        found += [(count.tag, count.ticket_count) for count in page.tags]
        if not (token := page.next_page_token):
            break

    assert found == [("first", 1), ("vip", 3), ("Ärger", 1), ("👩‍💻", 3)]
    assert [count.tag for count in (await _listed(shared_desk, workspace_id)).tags] == [tag for tag, _ in found]
    assert not (await _listed(shared_desk, await shared_desk.new_workspace())).tags


@pytest.mark.parametrize("token", ["abc", "e30", "WyJ4Il0"])
async def test_page_token_that_is_none(shared_desk: Desk, token: str) -> None:
    assert (await error_of(_listed(shared_desk, "default", page_token=token))).reason == "PAGE_TOKEN_INVALID"
