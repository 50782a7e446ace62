"""How much is computed for whoever wants in: counted, since a clock would say something else each time."""

from typing import Literal

from argon2 import PasswordHasher

from client.services import Services
from console.mongo.database import Database
from console.sign_in.agents import Agents
from console.sign_in.limits import SignInLimits
from console.sign_in.links import Links
from console.sign_in.passwords import PasswordHashes
from console.sign_in.session import Browser
from console.sign_in.sessions import Sessions
from console.sign_in.signing_in import Asking, Entered, SigningIn, Stores
from console.sign_in.trail import SignInTrail
from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
from servicekit.clock import utc_now
from tests.e2e.console.stranger import PASSWORD, Invite


class Counted(PasswordHasher):
    """Counts the passwords that it compares."""

    compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.compared += 1
        return super().verify(hash, password)


async def test_as_much_is_computed_for_nobody_as_for_somebody(running: RunningStack, invite: Invite) -> None:
    known, gone, without = await invite("known"), await invite("gone"), await invite("without")
    for person in (known, gone):
        await person.set_password()
    request = agent_service_pb2.DeactivateAgentRequest(organization_id=ORGANIZATION, agent_id=gone.agent.agent_id)
    await running.clients.agents.DeactivateAgent(request, metadata=OPERATOR)
    hasher = Counted(time_cost=1, memory_cost=46 * 1024, parallelism=1)
    emails = {person.agent.email for person in (known, gone, without)} | {"nobody@example.com"}
    addresses = {"ticket_service": running.stack.layout.address("ticket_service")}

    async with Services(addresses, str(running.stack.state.tls / "console")) as services:
        database = Database(running.stack.database_uri("console"), "keva_console")
        signing_in = _signing_in(services, database, PasswordHashes(hasher))
        counts = {}
        for email in sorted(emails):
            before = hasher.compared
            assert await signing_in.by_password(email, "a wrong password", Asking(Browser(), "", "")) is None
            counts[email] = hasher.compared - before
        inside = await signing_in.by_password(known.agent.email, PASSWORD, Asking(Browser(), "", ""))
        database.close()

    assert set(counts.values()) == {1}
    assert isinstance(inside, Entered)
    assert hasher.compared == len(emails) + 1


def _signing_in(services: Services, database: Database, hashes: PasswordHashes) -> SigningIn:
    stores = Stores(
        accounts=database.accounts,
        links=Links(database.links, utc_now),
        sessions=Sessions(database.sessions, utc_now),
        limits=SignInLimits(database.sign_in_attempts, database.known_browsers, utc_now),
        hashes=hashes,
    )
    return SigningIn(stores, Agents(services), SignInTrail(services, utc_now), utc_now)
