"""A support desk of its own for one end-to-end test: a fresh Twilio account with a number that is subscribed."""

import asyncio
import random
import secrets
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import grpc
from twilio.request_validator import RequestValidator

from dev.local_stack.accounts import (
    WEBHOOK_PATH,
    WORKSPACE,
    Account,
    Clients,
    configure_number,
    connect_account,
    open_account,
    subscribe_number,
)
from dev.local_stack.processes import ChildProcess, Launch, Sink
from dev.local_stack.stack import SIMULATOR, LocalStack
from dev.local_stack.supervisor import Supervisor
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.control.records import LoggedMessage, TextResult
from keva.ticket.v1 import channel_service_pb2, message_pb2, ticket_service_pb2
from servicekit import limits

_PAGE = 200


@dataclass(frozen=True)
class HttpAnswer:
    """What the gateway answered."""

    status: int
    content_type: str
    body: str
    headers: Mapping[str, str]


def new_number() -> str:
    """A phone number that no other test uses (as good as)."""
    return f"+1555{random.randint(2_000_000, 9_999_999)}"


def new_account() -> Account:
    """A Twilio account that nobody has opened yet."""
    return Account(f"AC{secrets.token_hex(16)}", secrets.token_hex(16), new_number(), "A desk")


@dataclass(frozen=True)
class RunningStack:
    """A local stack with clients for the simulator and for all services."""

    stack: LocalStack
    simulator: SimulatorClient
    clients: Clients

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        folder: Path,
        sink: Sink,
        launch: Launch = ChildProcess.start,
        call_seconds: float = limits.CALL_SECONDS,
        **arguments: Any,
    ) -> "AsyncIterator[RunningStack]":
        """Starts a stack, with `arguments` as LocalStack takes them, and ends it afterwards. `call_seconds`: how long a
        call of its clients may take."""
        async with (
            LocalStack(folder, Supervisor(sink, launch=launch), **arguments) as stack,
            SimulatorClient(stack.layout.urls(SIMULATOR)[0], stack.simulator_token) as simulator,
            Clients(stack, call_seconds=call_seconds) as clients,
        ):
            yield cls(stack, simulator, clients)

    async def open_desk(self, **settings: Any) -> "Desk":
        """A new desk; `settings` are fields of CreateChannelRequest, such as create_ticket_on. Raises KevaError."""
        account = new_account()
        await open_account(self.simulator, self.stack, account)
        await connect_account(self.clients, account)
        channel = await subscribe_number(self.clients, account, **settings)
        await configure_number(self.clients, account)
        return Desk(self.stack, self.simulator, self.clients, account, channel)


@dataclass(frozen=True)
class Desk:
    """An account, its number and its channel, with what tests do with them. `customer` is who texts unless a test names
    somebody else."""

    stack: LocalStack
    simulator: SimulatorClient
    clients: Clients
    account: Account
    channel: channel_service_pb2.Channel
    customer: str = field(default_factory=new_number)

    async def close(self) -> None:
        """Ends the subscription of its number, so that it is not looked at in Twilio's log any more."""
        request = channel_service_pb2.DeleteChannelRequest(
            organization_id=self.channel.organization_id, channel_id=self.channel.channel_id
        )
        try:
            await self.clients.channels.DeleteChannel(request)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.NOT_FOUND:
                raise

    async def text(self, body: str, customer: str | None = None, **options: Any) -> TextResult:
        """The customer texts, through the simulator, which waits for the gateway's answer. `options` are those of
        SimulatorClient.text: params, media, copies, tamper, deliver, wait, message_sid."""
        return await self.simulator.text(
            customer or self.customer,
            self.account.phone_number,
            body,
            account_sid=self.account.account_sid,
            **options,
        )

    async def post(
        self,
        parameters: Mapping[str, str],
        path: str = WEBHOOK_PATH,
        signature: str | None = None,
        gateway_url: str | None = None,
    ) -> HttpAnswer:
        """A webhook without the simulator, signed by Twilio's own library unless a signature is given; to the first
        gateway unless another one's URL is given. AccountSid, From and To are the desk's unless `parameters` say so."""
        form = {**self._parameters(), **parameters}
        if signature is None:
            validator = RequestValidator(self.account.auth_token)
            signature = str(validator.compute_signature(self.stack.public_url + path, form))
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        url = (gateway_url or self.stack.gateway_url) + path
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session,
            session.post(url, data=urlencode(form), headers=headers) as answer,
        ):
            return HttpAnswer(answer.status, answer.content_type, await answer.text(), dict(answer.headers))

    async def tickets(self, customer: str | None = None) -> list[ticket_service_pb2.Ticket]:
        """All of the desk's tickets, newest first; of one customer if named."""
        request = ticket_service_pb2.ListTicketsRequest(
            workspace_id=self.channel.workspace_id or WORKSPACE,
            channel_id=self.channel.channel_id,
            customer=customer or "",
            page_size=_PAGE,
        )
        tickets: list[ticket_service_pb2.Ticket] = []
        while True:
            page = await self.clients.tickets.ListTickets(request)
            tickets += page.tickets
            request.page_token = page.next_page_token
            if not request.page_token:
                return tickets

    async def ticket(self, customer: str | None = None) -> ticket_service_pb2.Ticket:
        """The desk's only ticket (of the customer, if named). Raises AssertionError when there are none or several."""
        tickets = await self.tickets(customer)
        assert len(tickets) == 1, f"one ticket was expected, there are {len(tickets)}"
        return tickets[0]

    async def messages(self, ticket: ticket_service_pb2.Ticket) -> list[message_pb2.Message]:
        """All of the ticket's messages in the order of the conversation."""
        request = ticket_service_pb2.ListMessagesRequest(
            workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id, page_size=_PAGE
        )
        messages: list[message_pb2.Message] = []
        while True:
            page = await self.clients.tickets.ListMessages(request)
            messages += page.messages
            request.page_token = page.next_page_token
            if not request.page_token:
                return messages

    async def reply(
        self,
        ticket: ticket_service_pb2.Ticket,
        text: str,
        request_id: str | None = None,
        agent: str = "dana",
        **fields: Any,
    ) -> message_pb2.Message:
        """An agent replies; the answer is the stored message, QUEUED. `fields` are more of ReplyToTicketRequest's."""
        request = ticket_service_pb2.ReplyToTicketRequest(
            workspace_id=ticket.workspace_id,
            ticket_id=ticket.ticket_id,
            text=text,
            request_id=request_id or str(uuid.uuid4()),
            **fields,
        )
        metadata = await self.clients.as_agent(agent)
        return (await self.clients.tickets.ReplyToTicket(request, metadata=metadata)).message

    async def until_delivery(
        self,
        reply: message_pb2.Message,
        state: message_pb2.DeliveryState.ValueType = message_pb2.DELIVERY_STATE_DELIVERED,
        seconds: float = 90,
    ) -> message_pb2.Message:
        """The reply, once its delivery is in `state`. Raises TimeoutError after `seconds`."""
        request = ticket_service_pb2.ListMessagesRequest(
            workspace_id=reply.workspace_id, ticket_id=reply.ticket_id, page_size=_PAGE
        )
        async with asyncio.timeout(seconds):
            while True:
                stored = (await self.clients.tickets.ListMessages(request)).messages
                found = next(message for message in stored if message.message_id == reply.message_id)
                if found.delivery.state == state:
                    return found
                await asyncio.sleep(0.02)

    async def sent(self, count: int, customer: str | None = None) -> list[LoggedMessage]:
        """What Twilio has got for the customer, once there are `count`. Raises TimeoutError when there never are."""
        return await self.simulator.wait_for_messages(
            count,
            account_sid=self.account.account_sid,
            from_=self.account.phone_number,
            to=customer or self.customer,
        )

    def _parameters(self) -> dict[str, str]:
        return {
            "MessageSid": f"SM{secrets.token_hex(16)}",
            "AccountSid": self.account.account_sid,
            "From": self.customer,
            "To": self.account.phone_number,
            "Body": "hello",
            "NumMedia": "0",
        }
