"""Whatever somebody makes of one document: the lists in which it stood still have the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from keva.ticket.v1 import (
    agent_service_pb2,
    channel_service_pb2,
    customer_note_pb2,
    saved_reply_service_pb2,
    saved_reply_service_pb2_grpc,
    ticket_service_pb2,
    workspace_service_pb2,
)
from tests.identities import channel_to
from tests.mongo_clients import mongo_client
from tests.ticket_service.desk import ACCOUNT, AGENT, ORGANIZATION, WORKSPACE, Desk, inbound
from tests.ticket_service.patient_channel import patient
from tests.ticket_service.use_cases.outgoing.later import IN_AN_HOUR, scheduled_at
from ticket_service.domain.staff.agent import Role

_MISSING = object()


@dataclass
class FullDesk:
    """A desk that has several of everything. Each list gives the ids of what it shows."""

    desk: Desk
    ticket_id: str
    customer_id: str

    async def channels(self) -> list[str]:
        request = channel_service_pb2.ListChannelsRequest(organization_id=ORGANIZATION)
        return [channel.channel_id for channel in (await self.desk.channels.ListChannels(request)).channels]

    async def subscribed_numbers(self) -> list[str]:
        """What sms_service compares with Twilio's log, of all organizations."""
        request = channel_service_pb2.ListSubscribedNumbersRequest(page_size=1)
        answer = await self.desk.channels.ListSubscribedNumbers(request)
        request.page_token = answer.next_page_token
        more = await self.desk.channels.ListSubscribedNumbers(request) if answer.next_page_token else answer
        numbers = {number.phone_number for number in (*answer.numbers, *more.numbers)}
        with mongo_client(self.desk.database[0]) as client:
            channels = client[self.desk.database[1]].channels.find()
            return [channel["_id"] for channel in channels if channel.get("phone_number") in numbers]

    async def tickets(self) -> list[str]:
        return [ticket.ticket_id for ticket in await self.desk.all_tickets()]

    async def found_tickets(self) -> list[str]:
        return [ticket.ticket_id for ticket in await self.desk.all_tickets(query="hello")]

    async def messages(self) -> list[str]:
        return [message.message_id for message in await self.desk.messages(self.ticket_id)]

    async def scheduled(self) -> list[str]:
        request = ticket_service_pb2.ListScheduledMessagesRequest(workspace_id=WORKSPACE)
        return [m.message_id for m in (await self.desk.tickets.ListScheduledMessages(request)).messages]

    async def customers(self) -> list[str]:
        request = ticket_service_pb2.ListCustomersRequest(workspace_id=WORKSPACE)
        return [customer.customer_id for customer in (await self.desk.tickets.ListCustomers(request)).customers]

    async def notes(self) -> list[str]:
        request = customer_note_pb2.ListCustomerNotesRequest(workspace_id=WORKSPACE, customer_id=self.customer_id)
        return [note.customer_note_id for note in (await self.desk.tickets.ListCustomerNotes(request)).notes]

    async def agents(self) -> list[str]:
        request = agent_service_pb2.ListAgentsRequest(organization_id=ORGANIZATION)
        return [agent.agent_id for agent in (await self.desk.agents.ListAgents(request)).agents]

    async def workspaces(self) -> list[str]:
        request = workspace_service_pb2.ListWorkspacesRequest(organization_id=ORGANIZATION)
        return [one.workspace_id for one in (await self.desk.workspaces.ListWorkspaces(request)).workspaces]

    async def saved_replies(self) -> list[str]:
        request = saved_reply_service_pb2.ListSavedRepliesRequest(workspace_id=WORKSPACE)
        return [saved.saved_reply_id for saved in (await self.saving.ListSavedReplies(request)).saved_replies]

    @property
    def saving(self) -> Any:
        return saved_reply_service_pb2_grpc.SavedReplyServiceStub(patient(channel_to("ticket_service", self.desk.port)))


@pytest_asyncio.fixture(scope="module")
async def full(shared_desk: Desk) -> FullDesk:
    """Nothing of it is ever the worse for a test."""
    desk = shared_desk
    await desk.subscribe(phone_number="+15550002000")
    await desk.new_ticket()
    ticket_id = await desk.new_ticket()
    full = FullDesk(desk, ticket_id, (await desk.ticket(ticket_id)).customer_id)
    for text in ("one", "two"):
        later = {"text": text, "send_time": scheduled_at(IN_AN_HOUR)}
        await desk.call("ReplyToTicket", ticket_id, metadata=AGENT, **later)
        note = customer_note_pb2.AddCustomerNoteRequest(workspace_id=WORKSPACE, customer_id=full.customer_id, text=text)
        await desk.tickets.AddCustomerNote(note, metadata=AGENT)
        desk.put_agent(text, Role.AGENT, (WORKSPACE,))
        await desk.new_workspace(text)
        saved = saved_reply_service_pb2.CreateSavedReplyRequest(
            workspace_id=WORKSPACE, shortcut=text, title=text, text=text
        )
        await full.saving.CreateSavedReply(saved, metadata=AGENT)
    return full


@pytest.mark.parametrize(
    ("listed", "collection", "field", "odd"),
    [
        (FullDesk.channels, "channels", "default_priority", "LOUD"),
        (FullDesk.subscribed_numbers, "channels", "phone_number", 15550002000),
        (FullDesk.subscribed_numbers, "channels", "create_ticket_on", _MISSING),
        (FullDesk.subscribed_numbers, "channels", "create_time", "yesterday"),
        (FullDesk.tickets, "tickets", "subject", {"a": 1}),
        (FullDesk.tickets, "tickets", "priority", None),
        (FullDesk.tickets, "tickets", "create_time", _MISSING),
        (FullDesk.found_tickets, "tickets", "tags", [5]),
        (FullDesk.messages, "messages", "text", ["hello"]),
        (FullDesk.messages, "messages", "author", {"kind": "GHOST", "id": ""}),
        (FullDesk.scheduled, "messages", "delivery", "soon"),
        (FullDesk.customers, "customers", "display_name", 5),
        (FullDesk.customers, "customers", "consents", "no"),
        (FullDesk.notes, "customer_notes", "create_time", 5),
        (FullDesk.agents, "agents", "role", "KING"),
        (FullDesk.workspaces, "workspaces", "auto_close_seconds", "long"),
        (FullDesk.saved_replies, "saved_replies", "text", _MISSING),
    ],
)
async def test_list_has_the_others(
    full: FullDesk, listed: Callable[[FullDesk], Awaitable[list[str]]], collection: str, field: str, odd: Any
) -> None:
    before = await listed(full)
    poisoned = next(one for one in before if one not in (WORKSPACE, "dana"))
    assert len(before) > 1
    with mongo_client(full.desk.database[0]) as client:
        documents = client[full.desk.database[1]][collection]
        document = documents.find_one({"_id": poisoned})
        assert document is not None
        changed = {name: value for name, value in document.items() if name != field}
        documents.replace_one({"_id": poisoned}, changed if odd is _MISSING else {**changed, field: odd})

        after = await listed(full)

        documents.replace_one({"_id": poisoned}, document)
    assert [one for one in after if one != poisoned] == [one for one in before if one != poisoned]


@pytest.mark.parametrize("odd", [_MISSING, "noon", 5])
async def test_text_whose_time_cannot_be_read_is_stored_as_the_others_are(full: FullDesk, odd: Any) -> None:
    desk, texts = full.desk, [inbound(f"text {i}") for i in range(3)]
    await desk.texts(*texts)
    sids = [text.twilio_message_sid for text in texts]
    change = {"$unset": {"message_time": ""}} if odd is _MISSING else {"$set": {"message_time": odd}}
    with mongo_client(desk.database[0]) as client:
        client[desk.database[1]].messages.update_one({"twilio_message_sid": sids[1]}, change)

    request = ticket_service_pb2.FindMissingMessagesRequest(
        organization_id=ORGANIZATION, account_sid=ACCOUNT, twilio_message_sids=[*sids, "SM-new"]
    )
    found = await desk.tickets.FindMissingMessages(request)

    assert list(found.missing_message_sids) == ["SM-new"]
    assert set(found.stored_times) == set(sids)
