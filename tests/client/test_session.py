"""A session carries who acts, and says in words why a service did not do what it was asked."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from client.failure import Failure, FailureKind
from client.services import Services
from client.session import Scope, Session
from keva.sms.v1 import sms_service_pb2
from keva.ticket.v1 import ticket_service_pb2 as pb
from servicekit import errors
from servicekit.rpc.request_context import Actor
from tests.client.conftest import ANNA
from tests.client.peer import Peer
from tests.identities import tls_dir

GET = pb.GetTicketRequest(workspace_id="sales", ticket_id="tkt_1")


async def _failure(session: Session, request: pb.GetTicketRequest = GET) -> Failure:
    with pytest.raises(Failure) as raised:
        await session.ask(session.services.tickets.GetTicket, request)
    return raised.value


async def test_every_call_of_a_session_names_who_acts_and_one_request(ticket_service: Peer, session: Session) -> None:
    ticket_service.answers["GetTicket"] = pb.GetTicketResponse(ticket=pb.Ticket(number=12))

    answer = await session.ask(session.services.tickets.GetTicket, GET)
    first = ticket_service.metadata
    await session.ask(session.services.tickets.GetTicket, GET)

    assert answer.ticket.number == 12
    assert first["keva-actor"] == "agent:anna"
    assert first["keva-organization"] == "acme"
    assert first["x-request-id"] == ticket_service.metadata["x-request-id"]


async def test_sessions_at_the_same_time_are_different_people(
    ticket_service: Peer, session: Session, session_of: Callable[[Scope], Session]
) -> None:
    async def answer(_: Any) -> pb.GetTicketResponse:
        return pb.GetTicketResponse(ticket=pb.Ticket(subject=ticket_service.metadata["keva-actor"]))

    ticket_service.answers["GetTicket"] = answer
    bert = session_of(Scope(Actor("agent", "bert"), "acme", "sales", "US"))

    asked = [one.ask(one.services.tickets.GetTicket, GET) for one in (session, bert, session, bert)]

    assert [answered.ticket.subject for answered in await asyncio.gather(*asked)] == [
        *("agent:anna", "agent:bert", "agent:anna", "agent:bert")
    ]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.InvalidArgument, FailureKind.UNUSABLE),
        (errors.NotFound, FailureKind.NOT_FOUND),
        (errors.AlreadyExists, FailureKind.REFUSED),
        (errors.FailedPrecondition, FailureKind.REFUSED),
        (errors.PermissionDenied, FailureKind.REFUSED),
        (errors.Aborted, FailureKind.TRY_AGAIN),
        (errors.ResourceExhausted, FailureKind.TRY_AGAIN),
        (errors.Unavailable, FailureKind.TRY_AGAIN),
        (errors.Internal, FailureKind.REFUSED),
    ],
)
async def test_what_a_service_answers_says_what_can_be_done(
    ticket_service: Peer, session: Session, error: type[errors.KevaError], kind: FailureKind
) -> None:
    ticket_service.answers["GetTicket"] = error("TICKET_CLOSED", "the ticket is closed", ticket_id="tkt_1")

    failure = await _failure(session)

    assert (failure.kind, failure.message, failure.reason) == (kind, "The ticket is closed.", "TICKET_CLOSED")
    assert failure.metadata == {"ticket_id": "tkt_1"}
    assert "internal notes" in failure.advice
    assert failure.service == ""


async def test_nobody_at_the_address(ticket_service: Peer, session: Session) -> None:
    await ticket_service.stop()

    failure = await _failure(session)

    assert (failure.kind, failure.service) == (FailureKind.UNREACHABLE, "ticket_service")
    assert failure.message == f"ticket_service does not answer at {ticket_service.address}."


async def test_an_answer_that_takes_too_long(ticket_service: Peer, session: Session) -> None:
    async def never(_: Any) -> Any:
        await asyncio.Event().wait()

    ticket_service.answers["GetTicket"] = never

    with pytest.raises(Failure) as raised:
        await session.ask(session.services.tickets.GetTicket, GET, seconds=0.1)

    assert raised.value.kind is FailureKind.UNREACHABLE


async def test_a_service_that_does_not_know_the_rpc(session: Session) -> None:
    failure = await _failure(session)

    assert (failure.kind, failure.service) == (FailureKind.UNKNOWN_RPC, "ticket_service")
    assert "ticket_service" in failure.advice


async def test_another_service_at_the_address(ticket_service: Peer) -> None:
    async with Services({"sms_service": ticket_service.address}, str(tls_dir("operator"))) as services:
        session = Session(services, ANNA)
        with pytest.raises(Failure, match="its certificate is another service's") as raised:
            await session.ask(session.services.sms.ListTwilioAccounts, sms_service_pb2.ListTwilioAccountsRequest())

    assert (raised.value.kind, raised.value.service) == (FailureKind.NOT_TRUSTED, "sms_service")


@pytest.mark.parametrize(
    ("folder", "kind"), [("", FailureKind.NO_KEVA), ("no-such-folder", FailureKind.NO_CERTIFICATE)], ids=str
)
async def test_without_a_certificate_nobody_is_asked(ticket_service: Peer, folder: str, kind: FailureKind) -> None:
    async with Services({"ticket_service": ticket_service.address}, folder) as services:
        failure = await _failure(Session(services, ANNA))

    assert failure.kind is kind
    assert "ca.crt" in failure.advice
    assert ticket_service.requests == []


async def test_a_service_that_is_never_asked_needs_no_address(ticket_service: Peer) -> None:
    ticket_service.answers["GetTicket"] = pb.GetTicketResponse()

    async with Services({"ticket_service": ticket_service.address}, str(tls_dir("operator"))) as services:
        session = Session(services, ANNA)
        assert await session.ask(session.services.tickets.GetTicket, GET) == pb.GetTicketResponse()


async def test_the_reason_that_came_is_said_and_hidden_by_no_deadline(ticket_service: Peer, session: Session) -> None:
    async def away(_: Any) -> Any:
        # As a driver that looks for a primary.
        await asyncio.sleep(0.6)
        raise errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer; ask again later")

    ticket_service.answers["GetTicket"] = away

    failure = await _failure(session)

    assert (failure.kind, failure.reason) == (FailureKind.TRY_AGAIN, "STORE_UNAVAILABLE")
    assert failure.message == "ticket_service runs, but its database does not answer."
    assert len(ticket_service.requests) == 1
