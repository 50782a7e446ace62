"""Whatever somebody makes of one document of the console's: what stands beside it is still there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from console.drafts.draft import Draft, Save
from console.live.presence import Sighting
from console.mongo.accounts import MongoAccounts
from console.mongo.drafts import MongoDrafts
from console.mongo.presence import MongoPresence
from console.mongo.sessions import MongoSessions
from console.sign_in.accounts import Account
from console.sign_in.session import Browser, Session
from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from servicekit.mongo.client_options import CLIENT_OPTIONS

NOW = utc_now()
LATER = NOW + timedelta(hours=1)
MISSING = object()


@pytest.fixture
async def database(mongod: Mongod, database: str) -> Any:
    """An empty one, as the console opens it."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongod.uri, **CLIENT_OPTIONS)
    yield client[database]
    client.close()


async def _alter(collection: Any, which: Any, field: str, value: Any) -> None:
    change = {"$unset": {field: ""}} if value is MISSING else {"$set": {field: value}}
    assert (await collection.update_one({"_id": which}, change)).modified_count == 1


@pytest.mark.parametrize(("field", "value"), [("name", 5), ("name", MISSING), ("expire_time", LATER), ("x", "y")])
async def test_sighting(database: Any, field: str, value: Any) -> None:
    store = MongoPresence(database)
    seen = [Sighting("acme", "support", f"tkt_{i}", f"agt_{i}", f"Dana {i}", LATER) for i in range(3)]
    for sighting in seen:
        await store.put(sighting)

    if field == "expire_time":
        await _alter(database["presence"], "support tkt_1 agt_1", "writing_until", "soon")
    else:
        await _alter(database["presence"], "support tkt_1 agt_1", field, value)

    rest = seen if field == "x" else [seen[0], seen[2]]
    assert await store.in_workspace("support", NOW) == rest
    assert await store.in_organization("acme", NOW) == rest


@pytest.mark.parametrize(
    ("field", "value"),
    [("browser", "Firefox"), ("browser", {"name": 5}), ("create_time", "then"), ("csrf_token", MISSING)],
)
async def test_session(database: Any, field: str, value: Any) -> None:
    store = MongoSessions(database)
    session = Session("", "acme", "agt_1", "token", NOW, NOW, LATER, Browser("Firefox on Linux", "192.0.2.0"))
    for session_id in ("one", "two", "three"):
        await store.add(replace(session, session_id=session_id))

    await _alter(database["sessions"], "two", field, value)

    found = await store.of_agent("acme", "agt_1")
    assert found == [replace(session, session_id=one.session_id) for one in found]
    assert {one.session_id for one in found} == {"one", "three"}
    assert await store.get("two") is None


@pytest.mark.parametrize(("field", "value"), [("text", {"a": 1}), ("text", MISSING), ("kind", 5)])
async def test_draft(database: Any, field: str, value: Any) -> None:
    store = MongoDrafts(database)
    drafts = [Draft("acme", "agt_1", "support", "tkt_1", kind, kind, NOW) for kind in ("reply", "note")]
    for draft in drafts:
        await store.put(draft, Save())

    await _alter(database["drafts"], "agt_1 tkt_1 reply", field, value)

    assert await store.of_ticket("agt_1", "tkt_1") == drafts[1:]
    assert await store.of_agent("agt_1", 10) == drafts[1:]


@pytest.mark.parametrize(("field", "value"), [("password_hash", MISSING), ("password_time", 5)])
async def test_account(database: Any, field: str, value: Any) -> None:
    store = MongoAccounts(database)
    accounts = [Account("acme", f"agt_{i}", "hash", NOW) for i in range(3)]
    for account in accounts:
        await store.put(account)

    which = {"organization_id": "acme", "agent_id": "agt_1"}
    await _alter(database["accounts"], which, field, value)

    found = await store.get_many([account.key for account in accounts])
    assert found == {account.key: account for account in (accounts[0], accounts[2])}
