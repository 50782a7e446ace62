"""A desk: a running ticket_service as tests use it, and the sms_service that stands beside it."""

import asyncio
import itertools
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.field_mask_pb2 import FieldMask

from keva.sms.v1 import sms_service_pb2, sms_service_pb2_grpc
from keva.ticket.v1 import (
    agent_service_pb2,
    agent_service_pb2_grpc,
    ai_profile_pb2,
    audit_service_pb2,
    audit_service_pb2_grpc,
    channel_service_pb2,
    channel_service_pb2_grpc,
    event_service_pb2_grpc,
    message_pb2,
    report_service_pb2_grpc,
    routing_pb2,
    ticket_service_pb2,
    ticket_service_pb2_grpc,
    workspace_service_pb2,
    workspace_service_pb2_grpc,
)
from servicekit.errors import Aborted, FailedPrecondition, KevaError
from servicekit.rpc.request_context import ACTOR_METADATA
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.agents import put_agent
from tests.ticket_service.peer_server import in_nobodys_name
from ticket_service.domain.staff.agent import Role

ACCOUNT = "AC" + "a" * 32
OUR_NUMBER = "+15550001000"
CUSTOMER = "+15551234567"
ORGANIZATION = "default"
WORKSPACE = "default"
AGENT = ((ACTOR_METADATA, "agent:dana"),)
THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)
NOBODY = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_NOBODY)

Send = Callable[[sms_service_pb2.SendMessageRequest], Awaitable[message_pb2.DeliveryUpdate]]


class SmsPeer(sms_service_pb2_grpc.SmsServiceServicer):
    """Stands for sms_service: one account, its numbers, and a list of what was sent."""

    def __init__(self) -> None:
        self.sms_capable = {OUR_NUMBER: True, "+15550002000": True, "+15550003000": False}
        self.accounts = [ACCOUNT]
        # The one that has the numbers; empty: any. Those that Twilio does not let in.
        self.owner = ""
        self.refused_accounts: set[str] = set()
        self.sent: asyncio.Queue[sms_service_pb2.SendMessageRequest] = asyncio.Queue()
        self.answer: Send | None = None
        self.taken: set[str] = set()
        self.being_sent: set[str] = set()
        self.erasures: list[sms_service_pb2.EraseMessagesRequest] = []
        self.cannot_erase: KevaError | None = None
        self.asked_to_erase = asyncio.Event()
        self.leaves = asyncio.Event()

    async def ListTwilioAccounts(self, request: Any, context: Any) -> sms_service_pb2.ListTwilioAccountsResponse:
        accounts = [sms_service_pb2.TwilioAccount(account_sid=sid) for sid in self.accounts]
        return sms_service_pb2.ListTwilioAccountsResponse(accounts=accounts)

    async def ListPhoneNumbers(self, request: Any, context: Any) -> sms_service_pb2.ListPhoneNumbersResponse:
        if request.account_sid in self.refused_accounts:
            raise FailedPrecondition("TWILIO_CREDENTIALS_REFUSED", f"Twilio refuses {request.account_sid}")
        if self.owner not in ("", request.account_sid):
            return sms_service_pb2.ListPhoneNumbersResponse()
        numbers = [
            sms_service_pb2.PhoneNumber(phone_number=number, display_name="Main line", sms_capable=capable)
            for number, capable in self.sms_capable.items()
            if number == request.phone_number
        ]
        return sms_service_pb2.ListPhoneNumbersResponse(phone_numbers=numbers)

    async def SendMessage(self, request: Any, context: Any) -> sms_service_pb2.SendMessageResponse:
        if any(request.message_id in erasure.message_ids for erasure in self.erasures):
            return sms_service_pb2.SendMessageResponse(update=ended(request.message_id))
        update = await self._until_it_leaves(self.answer(request)) if self.answer else accepted(request)
        self.taken.add(request.message_id)
        await self.sent.put(request)
        return sms_service_pb2.SendMessageResponse(update=update)

    async def _until_it_leaves(self, answer: Awaitable[message_pb2.DeliveryUpdate]) -> message_pb2.DeliveryUpdate:
        """So that no replica waits at its end for an answer that never comes."""
        answering, leaving = asyncio.ensure_future(in_nobodys_name(answer)), asyncio.ensure_future(self.leaves.wait())
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not answering.done():
            answering.cancel()
            raise Aborted("LEFT", "the test is over")
        return answering.result()

    async def EraseMessages(self, request: Any, context: Any) -> sms_service_pb2.EraseMessagesResponse:
        self.asked_to_erase.set()
        if self.cannot_erase:
            raise self.cannot_erase
        ids = [message_id for message_id in request.message_ids if message_id not in self.being_sent]
        erased = sms_service_pb2.EraseMessagesRequest()
        erased.CopyFrom(request)
        erased.message_ids[:] = ids
        self.erasures.append(erased)
        updates = [
            message_pb2.DeliveryUpdate(message_id=i, state=message_pb2.DELIVERY_STATE_ACCEPTED)
            if i in self.taken
            else ended(i)
            for i in ids
        ]
        return sms_service_pb2.EraseMessagesResponse(updates=updates)

    def sent_so_far(self) -> list[sms_service_pb2.SendMessageRequest]:
        """All that was asked to be sent, and nobody has looked at."""
        return [self.sent.get_nowait() for _ in range(self.sent.qsize())]

    async def sent_texts(self, count: int) -> list[str]:
        """The texts of the next `count` sends, once they have been made."""
        async with asyncio.timeout(90):
            return [(await self.sent.get()).text for _ in range(count)]


@dataclass
class Desk:
    """A running ticket_service, its stubs, and what tests do with it all the time."""

    tickets: "ticket_service_pb2_grpc.TicketServiceAsyncStub"
    channels: "channel_service_pb2_grpc.ChannelServiceAsyncStub"
    workspaces: "workspace_service_pb2_grpc.WorkspaceServiceAsyncStub"
    audit: "audit_service_pb2_grpc.AuditServiceAsyncStub"
    events: "event_service_pb2_grpc.EventServiceAsyncStub"
    reports: "report_service_pb2_grpc.ReportServiceAsyncStub"
    agents: "agent_service_pb2_grpc.AgentServiceAsyncStub"
    peer: SmsPeer
    port: int
    # Connection string and name of the service's database.
    database: tuple[str, str]

    @classmethod
    def over(cls, channel: grpc.aio.Channel, peer: SmsPeer, port: int, database: tuple[str, str]) -> "Desk":
        """The desk of the service at the other end of `channel`, which is at `port` of this machine."""
        return cls(
            ticket_service_pb2_grpc.TicketServiceStub(channel),
            channel_service_pb2_grpc.ChannelServiceStub(channel),
            workspace_service_pb2_grpc.WorkspaceServiceStub(channel),
            audit_service_pb2_grpc.AuditServiceStub(channel),
            event_service_pb2_grpc.EventServiceStub(channel),
            report_service_pb2_grpc.ReportServiceStub(channel),
            agent_service_pb2_grpc.AgentServiceStub(channel),
            peer,
            port,
            database,
        )

    def put_agent(self, agent_id: str, role: Role, workspace_ids: tuple[str, ...] = ()) -> None:
        """An agent of the organization with an id that reads well."""
        put_agent(*self.database, agent_id, role, workspace_ids)

    async def new_agent(self, email: str, role: Any, metadata: Any = AGENT, **fields: Any) -> agent_service_pb2.Agent:
        """An agent as CreateAgent makes it, of WORKSPACE unless others are named."""
        values = {"organization_id": ORGANIZATION, "workspace_ids": [WORKSPACE], **fields}
        request = agent_service_pb2.CreateAgentRequest(email=email, role=role, **values)
        return (await self.agents.CreateAgent(request, metadata=metadata)).agent

    async def deactivate(self, agent_id: str, metadata: Any = AGENT) -> agent_service_pb2.Agent:
        request = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=agent_id)
        return (await self.agents.DeactivateAgent(request, metadata=metadata)).agent

    async def subscribe(self, create_ticket_on: str = "NEW_THREAD", **settings: Any) -> channel_service_pb2.Channel:
        request = channel_service_pb2.CreateChannelRequest(
            organization_id=ORGANIZATION,
            phone_number=settings.pop("phone_number", OUR_NUMBER),
            create_ticket_on=channel_service_pb2.CreateTicketOn.Value(f"CREATE_TICKET_ON_{create_ticket_on}"),
            **settings,
        )
        return (await self.channels.CreateChannel(request, metadata=AGENT)).channel

    async def text(self, text: str = "hello", **fields: Any) -> ticket_service_pb2.IngestOutcome:
        return (await self.texts(inbound(text, **fields)))[0]

    async def texts(
        self, *messages: message_pb2.InboundMessage, organization_id: str = ORGANIZATION
    ) -> list[ticket_service_pb2.IngestOutcome]:
        request = ticket_service_pb2.IngestMessagesRequest(organization_id=organization_id, messages=messages)
        # Not the 2.5 s of a webhook: what is tested is the outcome, on however busy a machine.
        return list((await self.tickets.IngestMessages(request, timeout=90)).outcomes)

    async def new_ticket(self, state: str = "OPEN", **fields: Any) -> str:
        """The id of a ticket of a customer who never texted before, in `state`."""
        fields = {"customer_address": fresh_address(), **fields}
        stored = (await self.text(**fields)).stored
        assert stored.ticket_created
        await self.move(stored.ticket_id, state)
        return stored.ticket_id

    async def change(self, rpc: str, ticket_id: str, **fields: Any) -> ticket_service_pb2.Ticket:
        """Calls ResolveTicket, ReopenTicket, CloseTicket or AssignTicket as an agent; the ticket after it."""
        return (await self.call(rpc, ticket_id, metadata=AGENT, **fields)).ticket  # type: ignore[no-any-return]

    def call(self, rpc: str, ticket_id: str, metadata: Any = None, **fields: Any) -> Awaitable[Any]:
        """Any RPC of TicketService whose request names a ticket."""
        request = getattr(ticket_service_pb2, f"{rpc}Request")
        values = {"workspace_id": WORKSPACE, "ticket_id": ticket_id, **fields}
        answer: Awaitable[Any] = getattr(self.tickets, rpc)(request(**values), metadata=metadata)
        return answer

    async def note(self, ticket_id: str, text: str = "a note", request_id: str = "") -> message_pb2.Message:
        answer = await self.call("AddNote", ticket_id, metadata=AGENT, text=text, request_id=request_id)
        return answer.message  # type: ignore[no-any-return]

    async def record(self, message_id: str, state: str, workspace_id: str = WORKSPACE, **news: Any) -> str:
        """Records news of a reply, `state` being ACCEPTED and so on; the state after it."""
        update = message_pb2.DeliveryUpdate(
            message_id=message_id, state=message_pb2.DeliveryState.Value(f"DELIVERY_STATE_{state}"), **news
        )
        request = ticket_service_pb2.RecordDeliveryRequest(workspace_id=workspace_id, update=update)
        # Said by the test itself, though a peer may be answering just then, for whom somebody else acts.
        return delivery_state((await self.tickets.RecordDelivery(request, metadata=AGENT)).delivery)

    async def records(self, **filters: Any) -> list[audit_service_pb2.AuditRecord]:
        """The audit trail's records, oldest first."""
        request = audit_service_pb2.ListAuditRecordsRequest(organization_id=ORGANIZATION, page_size=200, **filters)
        return list(reversed((await self.audit.ListAuditRecords(request)).audit_records))

    async def actions(self, ticket_id: str) -> list[str]:
        """What the audit trail says of a ticket, oldest first."""
        return [record.action for record in await self.records(ticket_id=ticket_id)]

    async def until_recorded(self, action: str, ticket_id: str, count: int = 1) -> list[audit_service_pb2.AuditRecord]:
        """The ticket's records of `action`, once there are `count`."""
        async with asyncio.timeout(90):
            while True:
                found = await self.records(ticket_id=ticket_id, action=action)
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.02)

    async def set_profile(self, **fields: Any) -> workspace_service_pb2.Workspace:
        """Changes these fields of the AI's profile."""
        request = workspace_service_pb2.UpdateWorkspaceRequest(
            organization_id=ORGANIZATION,
            workspace=workspace_service_pb2.Workspace(
                workspace_id=WORKSPACE, ai_profile=ai_profile_pb2.AiProfile(**fields)
            ),
            update_mask=FieldMask(paths=[f"ai_profile.{name}" for name in fields]),
        )
        return (await self.workspaces.UpdateWorkspace(request, metadata=AGENT)).workspace

    async def new_workspace(self, display_name: str = "Sales", organization_id: str = ORGANIZATION) -> str:
        """The id of a new workspace."""
        request = workspace_service_pb2.CreateWorkspaceRequest(
            organization_id=organization_id, display_name=display_name
        )
        return (await self.workspaces.CreateWorkspace(request)).workspace.workspace_id

    async def ticket(self, ticket_id: str, acting: Any = None) -> ticket_service_pb2.Ticket:
        request = ticket_service_pb2.GetTicketRequest(workspace_id=WORKSPACE, ticket_id=ticket_id)
        return (await self.tickets.GetTicket(request, metadata=acting)).ticket

    async def all_tickets(self, **filters: Any) -> list[ticket_service_pb2.Ticket]:
        request = ticket_service_pb2.ListTicketsRequest(workspace_id=WORKSPACE, **filters)
        return list((await self.tickets.ListTickets(request)).tickets)

    async def messages(self, ticket_id: str) -> list[message_pb2.Message]:
        request = ticket_service_pb2.ListMessagesRequest(workspace_id=WORKSPACE, ticket_id=ticket_id, page_size=200)
        return list((await self.tickets.ListMessages(request)).messages)

    async def settled_replies(self, ticket_id: str) -> list[message_pb2.Message]:
        """The ticket's replies, once the relay has recorded what became of each."""
        async with asyncio.timeout(90):
            while True:
                outbound = message_pb2.MESSAGE_DIRECTION_OUTBOUND
                replies = [message for message in await self.messages(ticket_id) if message.direction == outbound]
                if all(delivery_state(reply.delivery) != "QUEUED" for reply in replies):
                    return replies
                await asyncio.sleep(0.02)

    async def customer(self, customer_id: str) -> ticket_service_pb2.Customer:
        request = ticket_service_pb2.GetCustomerRequest(workspace_id=WORKSPACE, customer_id=customer_id)
        return (await self.tickets.GetCustomer(request)).customer

    async def reply(self, ticket_id: str, text: str = "an answer", request_id: str = "") -> message_pb2.Message:
        request = ticket_service_pb2.ReplyToTicketRequest(
            workspace_id=WORKSPACE, ticket_id=ticket_id, text=text, request_id=request_id
        )
        return (await self.tickets.ReplyToTicket(request, metadata=AGENT)).message

    async def move(self, ticket_id: str, state: str) -> None:
        """Brings an OPEN ticket into `state` as an agent would."""
        named: dict[str, Any] = {"workspace_id": WORKSPACE, "ticket_id": ticket_id}
        if state == "PENDING":
            await self.reply(ticket_id)
        elif state == "RESOLVED":
            await self.tickets.ResolveTicket(ticket_service_pb2.ResolveTicketRequest(**named), metadata=AGENT)
        elif state == "CLOSED":
            await self.tickets.CloseTicket(ticket_service_pb2.CloseTicketRequest(**named), metadata=AGENT)


_fresh_addresses = (f"+1555{number}" for number in itertools.count(2000001))


def fresh_address() -> str:
    """A customer's number that no test has had yet."""
    return next(_fresh_addresses)


async def error_of(call: Awaitable[Any]) -> KevaError:
    """The error that a call ends with; a call that succeeds fails the test."""
    try:
        answer = await call
    except grpc.aio.AioRpcError as error:
        return as_keva_error(error)
    raise AssertionError(f"succeeded: {answer}")


def inbound(text: str = "hello", **fields: Any) -> message_pb2.InboundMessage:
    """A text of CUSTOMER to OUR_NUMBER with a fresh MessageSid."""
    values: dict[str, Any] = {
        "account_sid": ACCOUNT,
        "twilio_message_sid": "SM" + uuid.uuid4().hex,
        "customer_address": CUSTOMER,
        "channel_address": OUR_NUMBER,
        "text": text,
    }
    return message_pb2.InboundMessage(**{**values, **fields})


def agent(agent_id: str) -> routing_pb2.Assignee:
    """An agent as assignee."""
    return routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AGENT, agent_id=agent_id)


def state_of(ticket: ticket_service_pb2.Ticket) -> str:
    """OPEN, PENDING, RESOLVED or CLOSED."""
    return ticket_service_pb2.TicketState.Name(ticket.state).removeprefix("TICKET_STATE_")


def delivery_state(delivery: message_pb2.Delivery) -> str:
    """QUEUED, ACCEPTED, SENT, DELIVERED, FAILED or READ."""
    return message_pb2.DeliveryState.Name(delivery.state).removeprefix("DELIVERY_STATE_")


def accepted(request: sms_service_pb2.SendMessageRequest) -> message_pb2.DeliveryUpdate:
    """What sms_service answers when Twilio takes a reply."""
    return message_pb2.DeliveryUpdate(
        message_id=request.message_id,
        state=message_pb2.DELIVERY_STATE_ACCEPTED,
        twilio_message_sid="SM" + uuid.uuid4().hex,
        segments=1,
    )


def ended(message_id: str) -> message_pb2.DeliveryUpdate:
    """What sms_service says of a reply that was erased before it was sent."""
    return message_pb2.DeliveryUpdate(message_id=message_id, state=message_pb2.DELIVERY_STATE_FAILED)


def details(record: audit_service_pb2.AuditRecord) -> Mapping[str, str]:
    """What changed, as a plain dictionary."""
    return dict(record.details)
