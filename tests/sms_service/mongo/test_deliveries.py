"""The contract of ports.deliveries.DeliveryStore, kept on a real mongod."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from bson.datetime_ms import DatetimeMS
from bson.timestamp import Timestamp
from motor.motor_asyncio import AsyncIOMotorClient

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from servicekit.errors import Aborted
from sms_service.domain.delivery import Delivery, DeliveryNews
from sms_service.mongo.deliveries import MongoDeliveries
from sms_service.mongo.store import MongoStore
from tests.mongo_clients import client_of_services
from tests.wire import Wire

NOW = utc_now()
LEASE = timedelta(seconds=30)
EXPIRED = NOW + LEASE
SECOND = timedelta(seconds=1)


def _delivery(message_id: str = "msg_1", organization_id: str = "default", account_sid: str = "AC1") -> Delivery:
    return Delivery(message_id, organization_id, "desk", account_sid, "+1", "+2", create_time=NOW, attempt_time=NOW)


@pytest_asyncio.fixture
async def records(mongod: Mongod, database: str) -> AsyncIterator[Any]:
    """The collection itself."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongod.uri, tz_aware=True)
    yield client[database]["deliveries"]
    client.close()


@pytest_asyncio.fixture
async def store(mongod: Mongod, database: str) -> AsyncIterator[MongoDeliveries]:
    """An empty store, prepared twice, as two replicas would."""
    opened = MongoStore(mongod.uri, database, shared=client_of_services(mongod.uri))
    await asyncio.gather(opened.prepare(), opened.prepare())
    yield opened.deliveries
    opened.close()


async def _claim(store: MongoDeliveries, delivery: Delivery, clock: datetime = NOW) -> tuple[bool, bool]:
    """By a replica whose clock shows that time."""
    claim = await store.claim(delivery, clock + LEASE, LEASE)
    return claim.mine, claim.again


async def _run_out(records: Any, message_id: str = "msg_1") -> None:
    """Puts what the database knows of the record's lease back, by as long as a lease lasts, and the second in which it
    began."""
    taken = (await records.find_one({"_id": message_id}))["lease_time"]
    before = LEASE + SECOND
    earlier = Timestamp(taken.time - before // SECOND, 1) if isinstance(taken, Timestamp) else taken - before
    await records.update_one({"_id": message_id}, {"$set": {"lease_time": earlier}})


# As the two replicas' clocks are apart, in minutes.
@pytest.mark.parametrize("apart", [0, 5, -5])
async def test_first_claim_wins_and_others_wait_for_its_lease(store: MongoDeliveries, apart: int) -> None:
    elsewhere = NOW + timedelta(minutes=apart)

    claims = await asyncio.gather(*(_claim(store, _delivery(), clock) for clock in [NOW, elsewhere] * 5))

    assert sorted(claims) == [*[(False, True)] * 9, (True, False)]
    assert await _claim(store, _delivery(), elsewhere) == (False, True)


async def test_stamp_of_a_database_whose_clock_was_ahead_ends_no_lease(store: MongoDeliveries, records: Any) -> None:
    now = utc_now()
    await _claim(store, _delivery(), now)
    # Its logical time stays ahead after its clock was put back.
    ahead = Timestamp(int((now + timedelta(hours=2)).timestamp()), 1)
    await records.update_one({"_id": "msg_1"}, {"$set": {"lease_time": ahead}})

    assert await _claim(store, _delivery(), now) == (False, True)
    assert await store.erase(replace(_delivery(), refused=True)) is None

    over = now - LEASE - SECOND
    await records.update_one({"_id": "msg_1"}, {"$set": {"lease_until": over, "lease.until": over}})
    assert await _claim(store, _delivery(), now) == (True, True)


# As the two replicas' clocks are apart, in minutes.
@pytest.mark.parametrize("apart", [0, 5, -5])
async def test_lease_that_ran_out_is_taken_over_once(store: MongoDeliveries, records: Any, apart: int) -> None:
    elsewhere = NOW + timedelta(minutes=apart)
    await _claim(store, _delivery())
    await _run_out(records)

    claims = await asyncio.gather(*(_claim(store, _delivery(), elsewhere) for _ in range(10)))

    assert sorted(claims) == [*[(False, True)] * 9, (True, True)]
    assert await _claim(store, _delivery(), elsewhere) == (False, True)


@pytest.mark.parametrize("apart", [0, 5, -5])
async def test_age_of_the_first_unknown_attempt_is_by_the_databases_clock(
    store: MongoDeliveries, records: Any, apart: int
) -> None:
    clock = NOW + timedelta(minutes=apart)
    await _claim(store, replace(_delivery(), create_time=clock, attempt_time=clock), clock)
    # The first time it is known from when it was made, the second time from what was noted then.
    for _ in range(2):
        await _run_out(records)

        claim = await store.claim(_delivery(), NOW + LEASE, LEASE)

        assert claim.again
        assert LEASE <= claim.since(claim.delivery.attempt_time) < LEASE + timedelta(minutes=1)
        await store.release(claim)


@pytest.mark.parametrize("apart", [0, 5, -5])
async def test_age_of_a_later_attempt_is_by_the_databases_clock(
    store: MongoDeliveries, records: Any, apart: int
) -> None:
    await _claim(store, _delivery())
    await _run_out(records)
    second = await store.claim(_delivery(), NOW + timedelta(minutes=apart), LEASE)
    await store.attempt("msg_1", "AC1")
    await store.release(second)

    third = await store.claim(_delivery(), NOW + LEASE, LEASE)

    assert third.again
    assert timedelta(0) <= third.since(third.delivery.attempt_time) < timedelta(minutes=1)


@pytest.mark.parametrize("outcome_known", [True, False])
@pytest.mark.parametrize(
    "later", [NOW + timedelta(seconds=1), NOW - timedelta(hours=1)], ids=["later", "clock put back"]
)
async def test_released_message_is_free_at_once_and_doubt_stays(
    store: MongoDeliveries, outcome_known: bool, later: datetime
) -> None:
    first = await store.claim(_delivery(), EXPIRED, LEASE)
    await store.release(replace(first, again=not outcome_known))

    claim = await store.claim(_delivery(), later + LEASE, LEASE)

    assert (claim.mine, claim.again) == (True, not outcome_known)
    assert claim.since(claim.delivery.attempt_time) >= timedelta(0)
    assert (claim.delivery.attempt_time == claim.claim_time) or not outcome_known


async def test_release_that_comes_late_ends_nobody_elses_lease(store: MongoDeliveries, records: Any) -> None:
    first = await store.claim(_delivery(), EXPIRED, LEASE)
    await _run_out(records)
    await _claim(store, _delivery(), EXPIRED)

    await store.release(first)

    assert await _claim(store, _delivery(), EXPIRED) == (False, True)


async def test_record_of_another_organization_is_never_claimed(store: MongoDeliveries, records: Any) -> None:
    await _claim(store, _delivery())
    await _run_out(records)

    claim = await store.claim(_delivery(organization_id="another"), EXPIRED, LEASE)

    assert not claim.mine
    assert claim.delivery == _delivery()
    assert await _claim(store, _delivery(), EXPIRED) == (True, True)


async def test_record_that_nothing_was_sent_of_is_the_new_accounts_once_its_number_has_moved(
    store: MongoDeliveries,
) -> None:
    await store.release(await store.claim(_delivery(), EXPIRED, LEASE))

    claim = await store.claim(_delivery(account_sid="AC2"), EXPIRED, LEASE)

    assert (claim.mine, claim.again, claim.delivery.account_sid) == (True, False, "AC2")
    assert (await store.get("msg_1")) == claim.delivery


async def test_record_in_doubt_is_the_old_accounts_until_it_is_tried_again(
    store: MongoDeliveries, records: Any
) -> None:
    await _claim(store, _delivery())
    await _run_out(records)

    claim = await store.claim(_delivery(account_sid="AC2"), EXPIRED, LEASE)

    assert (claim.mine, claim.again, claim.delivery.account_sid) == (True, True, "AC1")
    await store.attempt("msg_1", "AC2")
    kept = await store.get("msg_1")
    assert kept is not None
    assert kept.account_sid == "AC2"


async def _claimed_by_the_version_before(records: Any, clock: datetime, lease_until: Any) -> None:
    """As it was left in the record of "msg_1", by a replica whose clock showed that time."""
    changes = {"create_time": clock, "attempt_time": clock, "lease_until": lease_until}
    await records.update_one({"_id": "msg_1"}, {"$set": changes})


@pytest.mark.parametrize("made_by_it", [True, False])
@pytest.mark.parametrize(
    ("begun", "ends", "claimed"),
    [
        pytest.param(0, 30, (False, True), id="holds"),
        pytest.param(-31, -1, (True, True), id="ran out"),
        pytest.param(0, None, (True, False), id="given back"),
        pytest.param(3 * 24 * 3600, 3 * 24 * 3600 + 30, (True, True), id="of a clock that is days ahead"),
    ],
)
async def test_lease_of_the_version_before_holds_as_it_is_written(
    store: MongoDeliveries, records: Any, made_by_it: bool, begun: int, ends: int | None, claimed: tuple[bool, bool]
) -> None:
    await _claim(store, _delivery())
    if made_by_it:
        await records.update_one({"_id": "msg_1"}, {"$unset": {"lease": "", "lease_time": ""}})
    until = None if ends is None else utc_now() + timedelta(seconds=ends)
    await _claimed_by_the_version_before(records, utc_now() + timedelta(seconds=begun), until)

    claim = await store.claim(_delivery(), EXPIRED, LEASE)

    assert (claim.mine, claim.again) == claimed
    # What was tried in days to come is settled in the usual time, from now on.
    assert not claim.mine or claim.since(claim.delivery.attempt_time) >= timedelta(0)
    assert await _claim(store, _delivery(), EXPIRED) == (False, True)


async def test_settled_message_is_never_claimed(store: MongoDeliveries) -> None:
    await _claim(store, _delivery())
    settled = await store.settle(replace(_delivery(), message_sid="SM1", status="queued", segments=2))

    claim = await store.claim(_delivery(), EXPIRED, LEASE)

    assert (claim.mine, claim.delivery) == (False, settled)


async def test_refused_message_is_never_claimed(store: MongoDeliveries) -> None:
    await _claim(store, _delivery())
    await store.settle(replace(_delivery(), refused=True, status="failed", error_code=21610))

    assert await _claim(store, _delivery(), EXPIRED) == (False, True)


async def test_callback_that_overtakes_the_answer_stays(store: MongoDeliveries) -> None:
    await _claim(store, _delivery())
    await store.record_news("msg_1", DeliveryNews("SM1", "delivered"))

    settled = await store.settle(replace(_delivery(), message_sid="SM1", status="queued", segments=3))

    assert (settled.status, settled.message_sid, settled.segments) == ("delivered", "SM1", 3)


async def test_message_sid_belongs_to_one_record(store: MongoDeliveries, records: Any) -> None:
    """Two equal texts to one customer, both in doubt, may find the same one in Twilio's log."""
    for message_id in ("msg_1", "msg_2"):
        await _claim(store, _delivery(message_id))
    await store.settle(replace(_delivery("msg_1"), message_sid="SM1", status="queued"))

    with pytest.raises(Aborted) as failed:
        await store.settle(replace(_delivery("msg_2"), message_sid="SM1", status="queued"))

    assert failed.value.reason == "SEND_OUTCOME_UNKNOWN"
    assert await store.record_news("msg_2", DeliveryNews("SM1", "delivered")) is None
    assert await store.get("msg_2") == _delivery("msg_2")
    await _run_out(records, "msg_2")
    assert await _claim(store, _delivery("msg_2"), EXPIRED) == (True, True)
    assert await store.known_sids("AC1", ["SM1", "SM2", ""]) == {"SM1"}
    assert await store.known_sids("AC2", ["SM1"]) == set()


async def test_statuses_that_come_at_once_end_at_the_furthest(store: MongoDeliveries) -> None:
    await _claim(store, _delivery())
    statuses = ["queued", "sent", "delivered", "sending", "accepted"] * 8

    await asyncio.gather(*(store.record_news("msg_1", DeliveryNews("SM1", status)) for status in statuses))

    known = await store.get("msg_1")
    assert known is not None
    assert known.status == "delivered"


async def test_unknown_message_has_no_record(store: MongoDeliveries) -> None:
    assert await store.get("msg_unknown") is None
    assert await store.record_news("msg_unknown", DeliveryNews("SM1", "sent")) is None


@pytest_asyncio.fixture
async def observed(
    mongod: Mongod, database: str, store: MongoDeliveries
) -> AsyncIterator[tuple[MongoDeliveries, Wire]]:
    """The same store with what it sends to the database."""
    wire = Wire()
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongod.uri, tz_aware=True, event_listeners=[wire])
    await client[database]["deliveries"].find_one({})
    wire.commands.clear()
    yield MongoDeliveries(client[database]["deliveries"], timedelta(minutes=5)), wire
    client.close()


async def test_messages_that_are_sent_at_the_same_time_share_their_writes(
    observed: tuple[MongoDeliveries, Wire],
) -> None:
    deliveries, wire = observed
    new = [_delivery(f"msg_{number}") for number in range(50)]

    claims = await asyncio.gather(*(deliveries.claim(delivery, EXPIRED, LEASE) for delivery in new))
    taken = [replace(claim.delivery, message_sid=f"SM{i}", status="queued") for i, claim in enumerate(claims)]
    settled = await asyncio.gather(*map(deliveries.settle, taken))

    assert all(claim.mine and not claim.again for claim in claims)
    assert settled == taken == [await deliveries.get(delivery.message_id) for delivery in new]
    writes = [command for command in wire.commands if not command.startswith("find")]
    assert writes == ["insert deliveries", "update deliveries"]


async def test_reports_that_come_at_the_same_time_share_their_reads_and_writes(
    observed: tuple[MongoDeliveries, Wire],
) -> None:
    deliveries, wire = observed
    names = [f"msg_{number}" for number in range(50)]
    await asyncio.gather(*(_claim(deliveries, _delivery(name)) for name in names))
    wire.commands.clear()

    known = await asyncio.gather(*map(deliveries.get, names))
    news = [DeliveryNews(f"SM{number}", "sent") for number in range(50)]
    after = await asyncio.gather(*map(deliveries.record_news, names, news, known))

    assert wire.commands == ["find deliveries", "update deliveries"]
    assert [one and (one.message_id, one.message_sid, one.status) for one in after] == [
        (name, one.message_sid, "sent") for name, one in zip(names, news, strict=True)
    ]


async def test_reports_of_one_write_each_get_their_own_outcome(store: MongoDeliveries) -> None:
    """Of one nobody knows, one names a message that is another's, one comes twice, one is later than the next."""
    names = ["msg_other", "msg_first", "msg_same_sid", "msg_twice", "msg_moved", "msg_last"]
    await asyncio.gather(*(_claim(store, _delivery(name)) for name in names))
    await store.record_news("msg_other", DeliveryNews("SM0", "sent"))
    told = [
        ("msg_first", "SM1", "sent"),
        ("msg_unknown", "SM2", "sent"),
        ("msg_same_sid", "SM0", "sent"),
        ("msg_twice", "SM3", "sent"),
        ("msg_twice", "SM3", "sent"),
        ("msg_moved", "SM4", "delivered"),
        ("msg_moved", "SM4", "sent"),
        ("msg_last", "SM5", "sent"),
    ]

    found = await asyncio.gather(*(store.record_news(name, DeliveryNews(sid, status)) for name, sid, status in told))

    assert [one and one.status for one in found] == [
        *("sent", None, None, "sent", "sent", "delivered", "delivered", "sent")
    ]
    kept = await asyncio.gather(*map(store.get, names))
    assert [one and (one.message_sid, one.status) for one in kept] == [
        *(("SM0", "sent"), ("SM1", "sent"), ("", ""), ("SM3", "sent"), ("SM4", "delivered"), ("SM5", "sent"))
    ]


async def test_record_that_cannot_be_read_fails_alone(
    mongod: Mongod, database: str, observed: tuple[MongoDeliveries, Wire]
) -> None:
    deliveries, _ = observed
    names = ["msg_first", "msg_poisoned", "msg_last"]
    await asyncio.gather(*(_claim(deliveries, _delivery(name)) for name in names))
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(mongod.uri)
    year_30000 = {"$set": {"create_time": DatetimeMS(884541600000000)}}
    await client[database]["deliveries"].update_one({"_id": "msg_poisoned"}, year_30000)
    client.close()

    found = await asyncio.gather(*map(deliveries.get, names), return_exceptions=True)

    assert [isinstance(one, Delivery) for one in found] == [True, False, True]


async def test_messages_of_one_write_each_get_their_own_outcome(observed: tuple[MongoDeliveries, Wire]) -> None:
    """One was claimed before, one has a MessageSid that is another's, of one a callback knows better already."""
    deliveries, _ = observed
    await _claim(deliveries, _delivery("msg_claimed"))
    await deliveries.settle(replace(_delivery("msg_claimed"), message_sid="SM0", status="queued"))
    names = ["msg_first", "msg_claimed", "msg_same_sid", "msg_known", "msg_last"]

    claims = await asyncio.gather(*(_claim(deliveries, _delivery(name)) for name in names))
    await deliveries.record_news("msg_known", DeliveryNews("SM3", "delivered"))
    sids = {"msg_first": "SM1", "msg_same_sid": "SM0", "msg_known": "SM3", "msg_last": "SM4"}
    taken = [replace(_delivery(name), message_sid=sid, status="queued") for name, sid in sids.items()]
    outcomes = await asyncio.gather(*map(deliveries.settle, taken), return_exceptions=True)

    assert claims == [(True, False), (False, True), (True, False), (True, False), (True, False)]
    known = {name: o.status if isinstance(o, Delivery) else type(o) for name, o in zip(sids, outcomes, strict=True)}
    assert known == {"msg_first": "queued", "msg_same_sid": Aborted, "msg_known": "delivered", "msg_last": "queued"}


async def test_value_that_no_document_can_hold_fails_alone(store: MongoDeliveries) -> None:
    deliveries = [_delivery(f"msg_{number}") for number in range(20)]
    await asyncio.gather(*(_claim(store, delivery) for delivery in deliveries))
    settled = [replace(one, message_sid=f"SM{one.message_id}", status="queued", segments=1) for one in deliveries]
    settled[3] = replace(settled[3], segments=2**64)
    settled[7] = replace(settled[7], status="\ud83d")

    outcomes = await asyncio.gather(*map(store.settle, settled), return_exceptions=True)

    assert [i for i, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)] == [3, 7]
    kept = [await store.get(one.message_id) for one in deliveries]
    assert [i for i, one in enumerate(kept) if one is None or not one.message_sid] == [3, 7]


async def test_record_that_cannot_be_made_fails_alone(store: MongoDeliveries) -> None:
    deliveries = [replace(_delivery(f"msg_{number}"), segments=2**64 * (number == 2)) for number in range(5)]

    outcomes = await asyncio.gather(*(_claim(store, delivery) for delivery in deliveries), return_exceptions=True)

    assert [i for i, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)] == [2]
    assert all(outcome == (True, False) for i, outcome in enumerate(outcomes) if i != 2)


@pytest.mark.parametrize("known", [NOW - LEASE, None])
async def test_time_of_the_first_attempt_by_twilios_clock_is_kept(
    store: MongoDeliveries, records: Any, known: datetime | None
) -> None:
    first = replace(_delivery(), taken_after=known)
    await _claim(store, first)
    await _run_out(records)
    second = await store.claim(replace(first, taken_after=NOW), EXPIRED, LEASE)

    again = await store.get("msg_1")
    await store.release(replace(second, again=False))
    await store.claim(replace(first, taken_after=EXPIRED), EXPIRED, LEASE)
    after = await store.get("msg_1")

    assert again is not None
    assert after is not None
    assert (again.taken_after, after.taken_after) == (known and _milliseconds(known), _milliseconds(EXPIRED))


def _milliseconds(time: datetime) -> datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


async def test_a_check_that_is_given_back_is_due_for_replicas_whose_clocks_are_behind(store: MongoDeliveries) -> None:
    await _claim(store, _delivery())
    await store.settle(replace(_delivery(), message_sid="SM1", status="sent"))
    fast, slow = NOW + timedelta(days=1), NOW - timedelta(days=1)
    assert await store.claim_check(fast, fast + LEASE) is not None

    await store.release_check("msg_1", fast)
    too_late = await store.claim_check(slow, slow + LEASE)
    await store.release_check("msg_1", fast + LEASE)

    assert too_late is None
    assert await store.claim_check(slow, slow + LEASE) is not None


@pytest.mark.parametrize("news_meanwhile", [True, False])
async def test_check_ends_for_good_unless_there_were_news_meanwhile(
    store: MongoDeliveries, news_meanwhile: bool
) -> None:
    await _claim(store, _delivery())
    await store.settle(replace(_delivery(), message_sid="SM1", status="sent"))
    tomorrow = NOW + timedelta(days=1)
    assert await store.claim_check(tomorrow, tomorrow + LEASE) is not None
    if news_meanwhile:
        await store.record_news("msg_1", DeliveryNews("SM1", "delivered"))

    await store.finish_check("msg_1", tomorrow + LEASE, None)

    known = await store.claim_check(tomorrow, tomorrow + LEASE)
    assert (known and known.status) == ("delivered" if news_meanwhile else None)
