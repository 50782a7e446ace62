"""What somebody has begun to write goes with the customer whom it is about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from client.services import Services
from console.drafts.erasing import DraftErasing, Place
from console.mongo.database import Database
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.ticket.v1 import ticket_service_pb2 as pb
from tests.e2e.console.conftest import SignIn


@asynccontextmanager
async def _console(running: RunningStack) -> AsyncIterator[tuple[Database, DraftErasing]]:
    """The parts of a replica that erase, whose turn has come."""
    addresses = {"ticket_service": running.stack.layout.address("ticket_service")}
    async with Services(addresses, str(running.stack.state.tls / "console")) as services:
        database = Database(running.stack.database_uri("console"), "keva_console")
        yield database, DraftErasing(database.drafts, database.draft_places, services)
        database.close()


async def _forgotten(desk: Desk, ticket: pb.Ticket) -> pb.Ticket:
    named = {"workspace_id": ticket.workspace_id, "customer_id": ticket.customer_id}
    await desk.clients.tickets.ForgetCustomer(pb.ForgetCustomerRequest(**named), metadata=OPERATOR)
    request = pb.GetTicketRequest(workspace_id=ticket.workspace_id, ticket_id=ticket.ticket_id)
    async with asyncio.timeout(90):
        while not (found := (await desk.clients.tickets.GetTicket(request)).ticket).HasField("erase_time"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found


async def _until_erased(database: Database, erasing: DraftErasing, agent_id: str, ticket: pb.Ticket) -> None:
    """A service that does not answer in time, as on a busy machine, is asked again at the next turn."""
    async with asyncio.timeout(90):
        while await database.drafts.of_ticket(agent_id, ticket.ticket_id):
            await erasing.erase_due()


async def test_drafts_go_with_the_customer_and_none_follows(running: RunningStack, desk: Desk, sign_in: SignIn) -> None:
    dana, eli, other = await sign_in("dana"), await sign_in("eli"), new_number()
    await desk.text("hello")
    await desk.text("hello", other)
    ticket, stays = await desk.ticket(desk.customer), await desk.ticket(other)
    for person, kind, of in ((dana, "reply", ticket), (eli, "note", ticket), (dana, "reply", stays)):
        await person.post(f"/t/{of.number}/draft", {"kind": kind, "text": "half a sentence"})

    async with _console(running) as (database, erasing):
        await erasing.erase_due()
        before = [len(await database.drafts.of_ticket(p.agent.agent_id, ticket.ticket_id)) for p in (dana, eli)]
        # A place that the services do not know any more, or never gave.
        await database.draft_places.put(Place(ORGANIZATION, "nonsense"))
        await _forgotten(desk, ticket)
        await _until_erased(database, erasing, dana.agent.agent_id, ticket)
        await dana.post(f"/t/{ticket.number}/draft", {"kind": "note", "text": "they were angry"})
        left = [len(await database.drafts.of_ticket(p.agent.agent_id, ticket.ticket_id)) for p in (dana, eli)]
        of_others = await database.drafts.of_ticket(dana.agent.agent_id, stays.ticket_id)

    assert (before, left) == ([1, 1], [0, 0])
    assert [draft.text for draft in of_others] == ["half a sentence"]
