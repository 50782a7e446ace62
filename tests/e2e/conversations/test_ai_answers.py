"""The AI on a whole Keva: answers from the articles, hands off what they do not say, and loses no turn in a crash."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from dev.local_stack import certificates
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.state import StateFolder
from keva.ticket.v1 import actor_pb2, audit_service_pb2, hand_off_pb2, routing_pb2, ticket_service_pb2
from servicekit.rpc.certificates import CertificateFolder
from tests.e2e.conftest import StartStack
from tests.ticket_service.responder_peer import Held, ResponderPeer, draft, responder_server

THE_AI = routing_pb2.Assignee(kind=routing_pb2.ASSIGNEE_KIND_AI)


async def _records(desk: Desk, ticket_id: str, action: str) -> list[audit_service_pb2.AuditRecord]:
    request = audit_service_pb2.ListAuditRecordsRequest(organization_id="default", ticket_id=ticket_id, action=action)
    return list((await desk.clients.audit.ListAuditRecords(request)).audit_records)


async def test_question_is_answered_from_the_articles_and_delivered(running: RunningStack) -> None:
    desk = await running.open_desk(auto_assign=THE_AI)

    await desk.text("Do you ship to Canada?")
    (sent,) = await desk.sent(1)

    ticket = await desk.ticket()
    _, answer = await desk.messages(ticket)
    assert answer.author.kind == actor_pb2.ACTOR_KIND_AI
    assert answer.text == sent.body
    assert "Canada" in sent.body
    await desk.until_delivery(answer)
    (record,) = await _records(desk, ticket.ticket_id, "ai.answered")
    assert record.details["mode"] == "KNOWLEDGE_BASE"
    assert "shipping" in record.details["articles"]


async def test_question_beyond_the_articles_goes_to_a_person(running: RunningStack) -> None:
    desk = await running.open_desk(auto_assign=THE_AI)

    await desk.text("Can you repair the gearbox of my tractor?")
    (notice,) = await desk.sent(1)

    ticket = await desk.ticket()
    assert "A member of our team" in notice.body
    assert ticket.state == ticket_service_pb2.TICKET_STATE_OPEN
    assert ticket.assignee.kind == routing_pb2.ASSIGNEE_KIND_NOBODY
    assert ticket.hand_off_reason == hand_off_pb2.HAND_OFF_REASON_NOT_KNOWN
    await desk.until_delivery(await desk.reply(ticket, "We only repair pots, sorry. Dana"))


@pytest_asyncio.fixture
async def thinking(start_stack: StartStack, tmp_path: Path) -> AsyncIterator[tuple[RunningStack, ResponderPeer, Held]]:
    """Two replicas of ticket_service, and a responder of somebody else's that waits for the test."""
    tls = StateFolder(tmp_path).tls
    certificates.ensure(tls)
    responder = responder_server(CertificateFolder(tls / "responder_service"))
    await responder.start()
    held = responder.peer.holds()
    turns = {"KEVA_AI_PAUSE_SECONDS": "0", "KEVA_AI_DRAFT_TIMEOUT_SECONDS": "2", "KEVA_AI_LEASE_SECONDS": "3"}
    environment = {"KEVA_RESPONDER_SERVICE": responder.address, **turns}
    async with start_stack(environment=environment, folder=tmp_path, replicas={"ticket_service": 2}) as running:
        yield running, responder.peer, held
    await responder.stop()


async def test_crash_while_thinking_costs_no_turn_and_no_second_answer(
    thinking: tuple[RunningStack, ResponderPeer, Held],
) -> None:
    running, responder, held = thinking
    desk = await running.open_desk(auto_assign=THE_AI)
    await desk.text("Do you ship to Canada?")
    await responder.next_request()

    for name in running.stack.layout.names("ticket_service"):
        await running.stack.kill(name)
        await running.stack.restart(name)
    await responder.next_request()
    await held.answer(draft("In 5 days."))

    (sent,) = await desk.sent(1)
    assert sent.body == "In 5 days."
    ticket = await desk.ticket()
    await desk.until_delivery((await desk.messages(ticket))[-1])
    assert len(await desk.sent(1)) == 1
    assert len(await _records(desk, ticket.ticket_id, "ai.answered")) == 1
