"""Saved replies: the workspace's and one's own, what is made of them, and how often."""

import asyncio
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from keva.ticket.v1 import saved_reply_service_pb2 as pb
from keva.ticket.v1 import saved_reply_service_pb2_grpc, ticket_service_pb2
from servicekit.rpc.request_context import ACTOR_METADATA
from tests.identities import channel_to
from tests.ticket_service.desk import AGENT, WORKSPACE, Desk, error_of
from tests.ticket_service.patient_channel import patient
from ticket_service.domain.staff.agent import Role

ANNA, NOBODY = ((ACTOR_METADATA, "agent:anna"),), ((ACTOR_METADATA, "operator:ops"),)


class Saved:
    """The RPCs, as somebody calls them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stub = saved_reply_service_pb2_grpc.SavedReplyServiceStub(patient(channel_to("ticket_service", desk.port)))

    async def create(
        self, shortcut: str, text: str = "a text", actor: Any = AGENT, workspace_id: str = WORKSPACE, **fields: Any
    ) -> pb.SavedReply:
        request = pb.CreateSavedReplyRequest(workspace_id=workspace_id, shortcut=shortcut, text=text, **fields)
        saved: pb.SavedReply = (await self.stub.CreateSavedReply(request, metadata=actor)).saved_reply
        return saved

    async def get(self, named: str, actor: Any = AGENT, workspace_id: str = WORKSPACE) -> pb.SavedReply:
        request = pb.GetSavedReplyRequest(workspace_id=workspace_id, saved_reply_id=named)
        saved: pb.SavedReply = (await self.stub.GetSavedReply(request, metadata=actor)).saved_reply
        return saved

    async def listed(self, text: str = "", actor: Any = AGENT, page_size: int = 2) -> list[str]:
        found, token = list[str](), ""
        while True:
            request = pb.ListSavedRepliesRequest(
                workspace_id=WORKSPACE, text=text, page_size=page_size, page_token=token
            )
            page = await self.stub.ListSavedReplies(request, metadata=actor)
            found += [saved.shortcut for saved in page.saved_replies]
            if not (token := page.next_page_token):
                return found

    async def update(self, saved_reply_id: str, actor: Any = AGENT, **values: str) -> pb.SavedReply:
        request = pb.UpdateSavedReplyRequest(
            workspace_id=WORKSPACE,
            saved_reply=pb.SavedReply(saved_reply_id=saved_reply_id, **values),  # type: ignore[arg-type]
            update_mask=FieldMask(paths=list(values)),
        )
        saved: pb.SavedReply = (await self.stub.UpdateSavedReply(request, metadata=actor)).saved_reply
        return saved

    async def delete(self, saved_reply_id: str, actor: Any = AGENT) -> None:
        request = pb.DeleteSavedReplyRequest(workspace_id=WORKSPACE, saved_reply_id=saved_reply_id)
        await self.stub.DeleteSavedReply(request, metadata=actor)

    async def render(self, named: str, ticket_id: str, actor: Any = AGENT) -> pb.RenderSavedReplyResponse:
        request = pb.RenderSavedReplyRequest(workspace_id=WORKSPACE, saved_reply_id=named, ticket_id=ticket_id)
        rendered: pb.RenderSavedReplyResponse = await self.stub.RenderSavedReply(request, metadata=actor)
        return rendered

    async def reply(self, saved_reply_id: str, ticket_id: str, request_id: str = "", **fields: Any) -> None:
        request = ticket_service_pb2.ReplyToTicketRequest(
            workspace_id=WORKSPACE,
            ticket_id=ticket_id,
            text="a text",
            saved_reply_id=saved_reply_id,
            request_id=request_id,
            **fields,
        )
        await self.desk.tickets.ReplyToTicket(request, metadata=AGENT)


@pytest.fixture
async def saved(desk: Desk) -> Saved:
    """A workspace with none yet, where dana and anna are agents."""
    await desk.subscribe()
    desk.put_agent("anna", Role.AGENT, (WORKSPACE,))
    return Saved(desk)


async def test_saved_reply_is_found_by_id_and_shortcut(saved: Saved) -> None:
    made = await saved.create("Hours", "We open at 9, {customer.name}.", title="Opening hours")

    assert made.saved_reply_id.startswith("srp_")
    assert (made.shortcut, made.title, made.agent_id, made.use_count) == ("Hours", "Opening hours", "", 0)
    assert await saved.get(made.saved_reply_id) == await saved.get("HOURS", NOBODY) == made
    (record,) = await saved.desk.records(action="saved_reply.created")
    assert (record.subject_id, record.actor.id, dict(record.details)) == (made.saved_reply_id, "dana", {})


async def test_shortcut_is_unique_for_each_owner(saved: Saved) -> None:
    ours = await saved.create("hours")
    mine = await saved.create("hours", own=True)
    hers = await saved.create("hours", own=True, actor=ANNA)
    elsewhere = await saved.desk.new_workspace()
    await saved.create("hours", workspace_id=elsewhere)

    for own, known in ((False, ours), (True, mine)):
        error = await error_of(saved.create("HOURS", own=own))
        assert (error.reason, error.metadata["saved_reply_id"]) == ("SAVED_REPLY_ALREADY_EXISTS", known.saved_reply_id)
    assert await saved.get("hours") == mine
    assert await saved.get("hours", ANNA) == hers
    assert await saved.get("hours", NOBODY) == ours


async def test_ones_own_is_nobody_elses(saved: Saved) -> None:
    mine = await saved.create("mine", own=True)
    ticket_id = await saved.desk.new_ticket()

    for call in (
        saved.get(mine.saved_reply_id, ANNA),
        saved.get("mine", NOBODY),
        saved.update(mine.saved_reply_id, ANNA, title="x"),
        saved.delete(mine.saved_reply_id, ANNA),
        saved.render("mine", ticket_id, ANNA),
    ):
        assert (await error_of(call)).reason == "SAVED_REPLY_NOT_FOUND"
    assert await saved.listed(actor=ANNA) == []
    assert mine.agent_id == "dana"
    assert (await error_of(saved.create("x", own=True, actor=NOBODY))).reason == "AGENT_REQUIRED"


async def test_list_is_by_shortcut_and_is_searched(saved: Saved) -> None:
    for shortcut, title in (("refund", "Money back"), ("Hours", "Opening hours"), ("hi", ""), ("bye", "Über uns")):
        await saved.create(shortcut, title=title)
    await saved.create("hold", own=True)
    await saved.create("hers", own=True, actor=ANNA)

    assert await saved.listed() == ["bye", "hi", "hold", "Hours", "refund"]
    assert await saved.listed("h") == ["hi", "hold", "Hours"]
    assert await saved.listed("open ho") == ["Hours"]
    assert await saved.listed("uber") == ["bye"]
    assert await saved.listed("nothing") == []


async def test_update_and_delete(saved: Saved) -> None:
    made, other = await saved.create("hours"), await saved.create("bye")

    changed = await saved.update(made.saved_reply_id, shortcut="Hours", text="{agent.name}")
    again = await saved.update(made.saved_reply_id, shortcut="Hours")
    taken = await error_of(saved.update(made.saved_reply_id, shortcut="BYE"))
    await saved.delete(other.saved_reply_id)

    assert (changed.shortcut, changed.text) == ("Hours", "{agent.name}")
    assert again == changed
    assert taken.reason == "SAVED_REPLY_ALREADY_EXISTS"
    assert (await error_of(saved.delete(other.saved_reply_id))).reason == "SAVED_REPLY_NOT_FOUND"
    await saved.update(made.saved_reply_id, shortcut="bye")
    (record, _) = await saved.desk.records(action="saved_reply.updated")
    assert dict(record.details) == {"fields": "shortcut, text"}


async def test_creating_twice_with_one_request_id_makes_one(saved: Saved) -> None:
    first, second = await asyncio.gather(*(saved.create("hours", request_id="r1") for _ in range(2)))

    assert first == second
    assert (await error_of(saved.create("hours", "another", request_id="r1"))).reason == "REQUEST_ID_REUSED"


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        pytest.param({"text": "{nobody}"}, "PLACEHOLDER_UNKNOWN", "text", id="unknown placeholder"),
        pytest.param({"text": ""}, "FIELD_REQUIRED", "text", id="no text"),
        pytest.param({"shortcut": "a b"}, "FIELD_INVALID", "shortcut", id="a space in the shortcut"),
        pytest.param({"shortcut": ""}, "FIELD_REQUIRED", "shortcut", id="no shortcut"),
        pytest.param({"request_id": "x" * 129}, "FIELD_INVALID", "request_id", id="long request_id"),
    ],
)
async def test_what_cannot_be_kept(shared_desk: Desk, fields: dict[str, Any], reason: str, field: str) -> None:
    error = await error_of(Saved(shared_desk).create(**{"shortcut": "x", **fields}))

    assert (error.reason, error.metadata["field"]) == (reason, field)
    if reason == "PLACEHOLDER_UNKNOWN":
        assert error.metadata["placeholder"] == "nobody"
        assert "{customer.name}" in error.message


async def test_text_is_made_with_the_values_of_a_ticket(saved: Saved) -> None:
    made = await saved.create("all", "{customer.name}/{agent.name}/{ticket.number}/{workspace.name}")
    ticket_id = await saved.desk.new_ticket(city="SEATTLE", state="WA")
    ticket = await saved.desk.ticket(ticket_id)

    unnamed = await saved.render("all", ticket_id)
    update = ticket_service_pb2.UpdateCustomerRequest(
        workspace_id=WORKSPACE,
        customer=ticket_service_pb2.Customer(customer_id=ticket.customer_id, display_name="Zoë"),
        update_mask=FieldMask(paths=["display_name"]),
    )
    await saved.desk.tickets.UpdateCustomer(update, metadata=AGENT)
    named, by_nobody = await saved.render("all", ticket_id), await saved.render("all", ticket_id, NOBODY)

    # A name that was generated is nobody's.
    assert unnamed.text == f"{{customer.name}}/Dana/{ticket.number}/Support"
    assert list(unnamed.missing) == ["customer.name"]
    assert (named.text, list(named.missing)) == (f"Zoë/Dana/{ticket.number}/Support", [])
    assert list(by_nobody.missing) == ["agent.name"]
    assert named.saved_reply == made
    assert (await error_of(saved.render("all", "tkt_unknown"))).reason == "TICKET_NOT_FOUND"


async def test_use_is_counted_once_per_request(saved: Saved) -> None:
    made = await saved.create("hours")
    ticket_id = await saved.desk.new_ticket()

    await asyncio.gather(*(saved.reply(made.saved_reply_id, ticket_id, "r1") for _ in range(5)))
    await saved.reply(made.saved_reply_id, ticket_id, "r1")
    await saved.reply(made.saved_reply_id, ticket_id, "r2", validate_only=True)
    await saved.reply(made.saved_reply_id, ticket_id)
    await saved.reply("srp_unknown", ticket_id)

    counted = await saved.get("hours")
    assert counted.use_count == 2
    assert counted.HasField("last_use_time")
    assert counted.update_time == made.update_time
