from pathlib import Path

import pymongo

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port


async def test_data_survives_a_restart_on_another_port(tmp_path: Path) -> None:
    for expected in (0, 1):
        server = await Mongod.start(tmp_path, free_port())
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(server.uri)
        with client:
            assert client.test.things.count_documents({}) == expected
            with client.start_session() as session, session.start_transaction():
                thing: dict[str, object] = {"a": 1}
                client.test.things.insert_one(thing, session=session)
        await server.process.stop()
