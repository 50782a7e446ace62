"""Replicas whose clocks are minutes apart send each reply once, and none of them keeps the others waiting."""

import uuid
from datetime import timedelta
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import message_pb2
from servicekit.clock import utc_now
from servicekit.errors import KevaError
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.domain.stopped_sender import SenderKey
from tests.sms_service.conftest import Sms, until_sent

ACCEPTED = message_pb2.DELIVERY_STATE_ACCEPTED


@pytest.fixture
def message_id() -> str:
    """A fresh one."""
    return f"msg_{uuid.uuid4().hex}"


async def _error(call: Any) -> KevaError:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return as_keva_error(failed.value)


async def test_replica_that_is_ahead_does_not_send_what_another_one_is_sending(
    sms: Sms, fast: Sms, message_id: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("callback", "lost")
    await sms.simulator.fault("list_messages", "lag", milliseconds=2000)
    await sms.simulator.fault("create_message", "drop_after", times=1)

    first = await _error(sms.send(message_id))
    other = await _error(fast.send(message_id))
    await until_sent(fast, message_id)

    assert (first.reason, other.reason) == ("SEND_OUTCOME_UNKNOWN", "SEND_IN_PROGRESS")
    assert await sms.sent(1) == ["hi"]


async def test_what_a_replica_that_is_ahead_has_left_in_doubt_is_found_out_in_the_usual_time(
    sms: Sms, fast: Sms, message_id: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "500_before", times=1)
    assert (await _error(fast.send(message_id))).reason == "SEND_OUTCOME_UNKNOWN"

    await until_sent(sms, message_id)

    assert await sms.sent(1) == ["hi"]


async def test_replica_that_is_ahead_pushes_no_line_ahead(sms: Sms, fast: Sms, message_id: str) -> None:
    await sms.connect()

    sent = [await replica.send(f"{message_id}-{i}") for i, replica in enumerate((fast, sms))]

    assert [update.state for update in sent] == [ACCEPTED] * 2


async def test_reply_whose_place_was_pushed_days_ahead_leaves_now(
    sms: Sms, message_id: str, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    await sms.simulator.fault("create_message", "429", times=1)
    await _error(sms.send(message_id))
    in_days = utc_now() + timedelta(days=3)
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        # As the version before has left it, by a replica whose clock was three days ahead.
        client[database].deliveries.update_one({"_id": message_id}, {"$set": {"place_time": in_days}})
        pushed = {"place_time": in_days, "free_time": in_days + timedelta(seconds=1)}
        key = {"_id": SenderKey(sms.account_sid, sms.number).name}
        client[database].sending_places.replace_one(key, {**key, **pushed})

        told = await _error(sms.send(message_id))
        client[database].sending_places.delete_one(key)

    assert int(told.metadata["retry_after_ms"]) <= 10 * 60 * 1000
    assert (await sms.send(message_id)).state == ACCEPTED
