"""What sms_service asks of collections that grow is answered by an index: mongod's profiler says how it answered."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.domain.backfill_number import SubscribedNumber
from sms_service.domain.delivery import Delivery, DeliveryNews
from sms_service.domain.media import Media
from sms_service.domain.stopped_sender import SenderKey
from sms_service.mongo.store import MongoStore
from tests.ticket_service.mongo.test_indexes import profile, profiling

NOW = utc_now()
LATER = NOW + timedelta(minutes=1)
_BY_INDEX = {"IXSCAN", "IDHACK", "COUNT_SCAN", "DISTINCT_SCAN", "EXPRESS_IXSCAN"}
_DELIVERY = Delivery("msg_1", "default", "desk", "AC1", "+1", "+2", create_time=NOW, attempt_time=NOW)
_MEDIA = Media("med_1", "default", "AC1", "MM1", "https://x", "image/png", NOW, NOW)
_NUMBER = SubscribedNumber("default", "AC1", "+15550001000", NOW)
_KEY = SenderKey("AC1", "+15550001000")
Ask = Callable[[MongoStore], Awaitable[object]]


@dataclass
class Profiled:
    """A store whose database notes how it answers."""

    store: MongoStore
    database: Any

    async def plans(self, ask: Ask) -> list[str]:
        """How each query of `ask` was answered."""
        with profiling(self.database):
            await ask(self.store)
        return [f"{entry['ns'].split('.')[-1]}: {entry['planSummary']}" for entry in profile(self.database)]


@pytest.fixture(scope="module")
async def profiled(mongod: Mongod) -> AsyncIterator[Profiled]:
    """With something in each collection, so that what is asked for is there."""
    name = f"keva_test_sms_plans_{mongod.port}"
    store = MongoStore(mongod.uri, name)
    await store.prepare()
    await store.deliveries.claim(_DELIVERY, NOW - timedelta(hours=2), timedelta(seconds=30))
    await store.media.add([_MEDIA])
    await store.backfills.claim(_NUMBER, timedelta(0), timedelta(minutes=1))
    await store.sending_line.book(_KEY, timedelta(seconds=1))
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        for kept in ("media_contents", "webhook_health"):
            client[name][kept].insert_one({"_id": "another"})
        yield Profiled(store, client[name])
        client.drop_database(name)
    store.close()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(
            lambda s: s.deliveries.claim(_DELIVERY, LATER, timedelta(seconds=30)), id="a reply that was claimed before"
        ),
        pytest.param(lambda s: s.deliveries.get("msg_1"), id="a delivery"),
        pytest.param(lambda s: s.deliveries.claim_check(NOW, LATER), id="a delivery to check"),
        pytest.param(lambda s: s.deliveries.finish_check("msg_1", NOW, LATER), id="a delivery that was checked"),
        pytest.param(lambda s: s.deliveries.record_news("msg_1", DeliveryNews("SM1", "sent")), id="news of a delivery"),
        pytest.param(lambda s: s.deliveries.known_sids("AC1", ["SM1", "SM2"]), id="texts of Twilio's that are ours"),
        pytest.param(lambda s: s.deliveries.erase(_DELIVERY), id="a delivery to erase"),
        pytest.param(lambda s: s.media.add([_MEDIA]), id="attachments that are announced again"),
        pytest.param(lambda s: s.media.claim(NOW, LATER), id="an attachment to fetch"),
        pytest.param(lambda s: s.media.postpone("med_1", LATER), id="an attachment that waits"),
        pytest.param(lambda s: s.media.discard("med_0", NOW), id="an attachment of no text"),
        pytest.param(lambda s: s.media.erase("default", "AC1", ["MM1"], LATER), id="attachments to erase"),
        pytest.param(lambda s: s.stopped_senders.stopped([_KEY]), id="whether a sender is stopped"),
        pytest.param(lambda s: s.stopped_senders.stopped_of_account("AC1"), id="stopped senders of an account"),
        pytest.param(lambda s: s.sending_line.book(_KEY, timedelta(seconds=1)), id="a place in a number's line"),
        pytest.param(
            lambda s: s.backfills.claim(_NUMBER, timedelta(0), timedelta(minutes=1)), id="a number to compare"
        ),
        pytest.param(lambda s: s.backfills.list_statuses("default", "", 50), id="comparisons of an organization"),
        pytest.param(lambda s: s.backfills.statuses([_NUMBER.key]), id="comparisons of numbers"),
        pytest.param(lambda s: s.webhook_health.of_accounts(["AC1"]), id="how webhooks are"),
    ],
)
async def test_query_uses_an_index(profiled: Profiled, ask: Ask) -> None:
    plans = await profiled.plans(ask)

    assert plans
    for plan in plans:
        # Several ways, one per branch of the query, each with what its index is of.
        ways = re.sub(r"\{[^}]*\}", "", plan.split(": ", 1)[1]).split(",")
        assert {way.strip() for way in ways} <= _BY_INDEX, plans


async def test_what_is_due_is_found_among_what_is_not(profiled: Profiled) -> None:
    deliveries, media = profiled.database["deliveries"], profiled.database["media"]
    due = {"check_due": NOW + timedelta(hours=1)}
    deliveries.insert_many({"_id": f"later_{number}", "message_sid": f"SM{number}", **due} for number in range(500))
    media.insert_many({"_id": f"later_{number}", "due": NOW + timedelta(hours=1)} for number in range(500))

    for ask in (lambda s: s.deliveries.claim_check(NOW, LATER), lambda s: s.media.claim(NOW, LATER)):
        with profiling(profiled.database):
            await ask(profiled.store)  # type: ignore[no-untyped-call]
        (looked,) = profile(profiled.database)
        assert (looked["docsExamined"] <= 3, looked["keysExamined"] <= 5) == (True, True), looked
    deliveries.delete_many({"_id": {"$regex": "^later"}})
    media.delete_many({"_id": {"$regex": "^later"}})
