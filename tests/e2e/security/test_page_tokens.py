"""Page tokens are not secret: a made-up one gives a page, or is refused. Asked of every RPC that has
pages, as the protos have them."""

import asyncio
import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from dev.local_stack.accounts import ORGANIZATION, WORKSPACE, Clients
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import (
    agent_service_pb2,
    audit_service_pb2,
    channel_service_pb2,
    customer_note_pb2,
    routing_pb2,
    ticket_service_pb2,
    workspace_service_pb2,
)
from servicekit import paging
from servicekit.rpc.identity import OPERATOR
from servicekit.rpc.proto_values import timestamp
from servicekit.rpc.statuses_to_errors import as_keva_error
from ticket_service.domain.audit import ChainScope

FILES = {
    "tickets": ticket_service_pb2,
    "channels": channel_service_pb2,
    "workspaces": workspace_service_pb2,
    "agents": agent_service_pb2,
    "audit": audit_service_pb2,
    "sms": sms_service_pb2,
    "credentials": credentials_service_pb2,
}
CRAFTED: list[Any] = [
    *("", "x", "0", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "2026-01-01", "x" * 100_000),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("\ud800", "\x00", "$gt", "\u202e"),
    *(-1, 0, 1, 2**31, 2**63 - 1, 2**63, -(2**63), 2**64, 10**300, 1.5, True, None, [], ["x"], {}, {"$gt": ""}),
]
INVALID = (grpc.StatusCode.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID")
# Their parts are so large that these tests have one only.
UNSIZED = {"VerifyAuditTrail": "verify", "ExportAuditTrail": "export"}
_OF_A_CUSTOMER = {"ListCustomerNotes", "ListTextsWithoutTicket"}
# Who may ask for what no operator may.
CALLERS = {"ListSubscribedNumbers": "sms_service"}


def _methods() -> Iterator[tuple[str, MethodDescriptor]]:
    for client, file in FILES.items():
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                if "page_token" in method.input_type.fields_by_name:
                    yield client, method


METHODS = [pytest.param(client, method, id=method.full_name) for client, method in _methods()]


def test_all_lists_are_here() -> None:
    names = {parameter.values[1].name for parameter in METHODS}  # type: ignore[union-attr]

    assert {"ListTickets", "ListMessages", "ListCredentials", "ListPhoneNumbers", "RotateKeys", *UNSIZED} <= names


@pytest.fixture(scope="module")
async def desk(running: RunningStack) -> Desk:
    """With two of everything that is listed."""
    first, second = [await running.open_desk() for _ in range(2)]
    for customer in (first.customer, first.customer, new_number()):
        await first.text("hello", customer)
    await first.simulator.put_number(first.account.account_sid, second.account.phone_number)
    request = workspace_service_pb2.CreateWorkspaceRequest(organization_id=ORGANIZATION, display_name="Another")
    await running.clients.workspaces.CreateWorkspace(request)
    (ticket, *_) = await first.tickets(first.customer)
    tags = ticket_service_pb2.AddTagsRequest(workspace_id=WORKSPACE, ticket_id=ticket.ticket_id, tags=["a", "b"])
    await running.clients.tickets.AddTags(tags)
    for text in ("one", "two"):
        note = customer_note_pb2.AddCustomerNoteRequest(
            workspace_id=WORKSPACE, customer_id=ticket.customer_id, text=text
        )
        await running.clients.tickets.AddCustomerNote(note)
    named = {"workspace_id": WORKSPACE, "customer_id": ticket.customer_id}
    await running.clients.tickets.BlockCustomer(ticket_service_pb2.BlockCustomerRequest(**named))
    for text in ("while", "blocked"):
        await first.text(text)
    await running.clients.tickets.UnblockCustomer(ticket_service_pb2.UnblockCustomerRequest(**named, as_before=True))
    for agent in ("dana", "lee"):
        await first.reply(ticket, "tomorrow", agent=agent, send_time=timestamp(datetime.now(UTC) + timedelta(days=1)))
    for one in (first, second):
        compared = sms_service_pb2.BackfillMessagesRequest(
            organization_id=ORGANIZATION, phone_number=one.account.phone_number, account_sid=one.account.account_sid
        )
        await running.clients.sms.BackfillMessages(compared, timeout=90)
    await _leave_questions(running)
    return first


async def _leave_questions(running: RunningStack) -> None:
    """Two that the AI cannot answer."""
    asked = await running.open_desk(auto_assign=routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI))
    customers = [new_number() for _ in range(2)]
    for customer in customers:
        await asked.text("Do you repair a zyxquv?", customer)
    async with asyncio.timeout(90):
        while True:
            tickets = [await asked.ticket(customer) for customer in customers]
            if all(ticket.hand_off_reason for ticket in tickets):
                return
            await asyncio.sleep(0.05)


async def _request(desk: Desk, method: MethodDescriptor) -> Any:
    """For the first page, of one row."""
    ticket = (await desk.tickets(desk.customer))[0]
    values = {
        "organization_id": ORGANIZATION,
        "workspace_id": WORKSPACE,
        "ticket_id": ticket.ticket_id if method.name == "ListMessages" else "",
        "customer_id": ticket.customer_id if method.name in _OF_A_CUSTOMER else "",
        "account_sid": desk.account.account_sid if method.name == "ListPhoneNumbers" else "",
        "page_size": 1,
    }
    known = {name: value for name, value in values.items() if name in method.input_type.fields_by_name and value}
    if method.name in UNSIZED:
        known.pop("workspace_id", None)
    return GetMessageClass(method.input_type)(**known)


async def _ask(clients: Clients, client: str, method: MethodDescriptor, request: Any) -> Any:
    return await getattr(getattr(clients, client), method.name)(request, timeout=90)


async def _token(clients: Clients, client: str, method: MethodDescriptor, request: Any) -> str:
    """A genuine one."""
    if purpose := UNSIZED.get(method.name):
        position: list[str | int] = ["", 1, 1, 10, 1, 1, "", 1, "00", 0, "audit-1"]
        return paging.encode(position, [purpose, ChainScope(ORGANIZATION, "", "")])
    return str((await _ask(clients, client, method, request)).next_page_token)


def _forged(genuine: str) -> Iterator[str]:
    """Tokens for the same list with every value in turn replaced, removed or added to."""
    fingerprint, *position = json.loads(base64.urlsafe_b64decode(genuine + "=" * (-len(genuine) % 4)))
    for value in CRAFTED:
        for place in range(len(position)):
            yield _encoded([fingerprint, *position[:place], value, *position[place + 1 :]])
        yield _encoded([fingerprint, *position, value])
        yield _encoded(value)
    yield from (_encoded([fingerprint, *position[:end]]) for end in range(len(position)))


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


async def _misunderstood(
    clients: Clients, client: str, method: MethodDescriptor, request: Any, genuine: str
) -> list[tuple[str, object]]:
    """The forged tokens that got another answer than a page or PAGE_TOKEN_INVALID, with that answer."""
    wrong: list[tuple[str, object]] = []
    for token in ("garbage", "é", *_forged(genuine)):
        request.page_token = token
        try:
            await _ask(clients, client, method, request)
        except grpc.aio.AioRpcError as error:
            if (error.code(), as_keva_error(error).reason) != INVALID:
                wrong.append((token[:200], error.code()))
    return wrong


@pytest.mark.parametrize(("client", "method"), METHODS)
async def test_forged_token_is_a_page_or_an_invalid_argument(
    running: RunningStack, desk: Desk, client: str, method: MethodDescriptor
) -> None:
    request = await _request(desk, method)
    async with Clients(running.stack, CALLERS.get(method.name, OPERATOR)) as clients:
        genuine = await _token(clients, client, method, request)
        assert genuine
        assert not await _misunderstood(clients, client, method, request, genuine)
