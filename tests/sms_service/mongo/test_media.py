"""The contract of ports.media.MediaStore, kept on a real mongod."""

import asyncio
from datetime import timedelta
from typing import Any

import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from servicekit.clock import utc_now
from servicekit.errors import Unavailable
from sms_service.domain.media import Media, MediaState
from sms_service.mongo.store import MongoStore
from tests.sms_service.conftest import ORGANIZATION


@pytest.fixture
def media_collection(mongod: Mongod, database: str) -> Any:
    """What the service keeps of attachments."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        yield client[database]["media"]


async def test_asking_for_attachments_without_a_database_is_unavailable() -> None:
    store = MongoStore(f"mongodb://127.0.0.1:{free_port()}/?replicaSet=none", "nowhere")
    now = utc_now()

    with pytest.raises(Unavailable) as refused:
        await store.media.add([Media("med_1", ORGANIZATION, "AC1", "MM1", "https://x", "image/png", now, now)])

    store.close()
    assert refused.value.reason == "STORE_UNAVAILABLE"


async def test_one_replica_fetches_and_another_takes_over_when_it_dies(mongod: Mongod, database: str) -> None:
    store, now = MongoStore(mongod.uri, database), utc_now()
    await store.prepare()
    lease = timedelta(minutes=1)
    await store.media.add([Media("med_1", ORGANIZATION, "AC1", "MM1", "https://x", "image/png", now, now)])

    claims = await asyncio.gather(*(store.media.claim(now, now + lease) for _ in range(10)))
    late = await asyncio.gather(*(store.media.claim(now + lease, now + 2 * lease) for _ in range(10)))

    store.close()
    assert [len([c for c in found if c is not None]) for found in (claims, late)] == [1, 1]


async def test_what_is_given_back_is_due_for_replicas_whose_clocks_are_behind(mongod: Mongod, database: str) -> None:
    store, now = MongoStore(mongod.uri, database), utc_now()
    lease, day = timedelta(minutes=1), timedelta(days=1)
    await store.media.add([Media("med_1", ORGANIZATION, "AC1", "MM1", "https://x", "image/png", now, now)])
    assert await store.media.claim(now + day, now + day + lease) is not None

    await store.media.release("med_1")
    claimed = await store.media.claim(now - day, now - day + lease)
    await store.media.finish("med_1")
    await store.media.release("med_1")
    done = await store.media.claim(now + day, now + day + lease)

    store.close()
    assert (claimed and claimed.media_id, done) == ("med_1", None)


async def test_what_is_final_is_never_written_over(mongod: Mongod, database: str) -> None:
    store, now = MongoStore(mongod.uri, database), utc_now()
    known = Media("med_1", ORGANIZATION, "AC1", "MM1", "https://x", "image/png", now, now)
    await store.media.add([known])
    stored = Media(**{**vars(known), "state": MediaState.STORED, "size_bytes": 1})

    await store.media.settle(stored, b"x")
    late = await store.media.settle(Media(**{**vars(known), "state": MediaState.REFUSED, "error_text": "late"}))
    await store.media.add([known])

    assert (late.state, late.error_text) == (MediaState.STORED, "")
    assert (await store.media.content(ORGANIZATION, "med_1")).content == b"x"
    store.close()


async def test_what_is_forgotten_goes_with_its_content_unless_somebody_asked_again(
    mongod: Mongod, database: str, media_collection: Any
) -> None:
    store, now = MongoStore(mongod.uri, database), utc_now()
    known = Media("med_1", ORGANIZATION, "AC1", "MM1", "https://x", "image/png", now, now)
    await store.media.add([known])
    await store.media.settle(Media(**{**vars(known), "state": MediaState.STORED, "size_bytes": 1}), b"x")

    assert not await store.media.discard("med_1", now)
    assert (await store.media.content(ORGANIZATION, "med_1")).content == b"x"
    assert await store.media.discard("med_1", now + timedelta(seconds=1))

    store.close()
    assert [media_collection.database[name].count_documents({}) for name in ("media", "media_contents")] == [0, 0]
