import os
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import OperationFailure

from dev.local_stack.mongod import Mongod, program, uri
from dev.local_stack.ports import free_port
from dev.local_stack.state import StateFolder
from dev.local_stack.supervisor import Supervisor


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


async def test_a_mongod_with_users_takes_them_alone_and_data_of_one_without(tmp_path: Path) -> None:
    open_to_all = await Mongod.start(tmp_path / "data", free_port())
    with pymongo.MongoClient[dict[str, object]](open_to_all.uri) as client:
        client["keva_sms"]["things"].insert_one({})
        client["keva_tickets"]["things"].insert_one({})
    await open_to_all.process.stop()
    state = StateFolder(tmp_path)
    state.take()
    access, port = state.mongodb_access(), free_port()
    supervisor = Supervisor(lambda _, __: None)

    await supervisor.start(program(tmp_path / "data", port, os.environ, access))

    with pymongo.MongoClient[dict[str, object]](uri(port)) as client, pytest.raises(OperationFailure, match="auth"):
        client["keva_sms"]["things"].find_one()
    with pymongo.MongoClient[dict[str, object]](uri(port, access.users["sms_service"])) as client:
        assert client["keva_sms"]["things"].count_documents({}) == 1
        with pytest.raises(OperationFailure, match="not authorized"):
            client["keva_tickets"]["things"].find_one()
    with pymongo.MongoClient[dict[str, object]](uri(port, access.users["administrator"])) as client:
        assert client["keva_tickets"]["things"].count_documents({}) == 1
        assert client["local"]["oplog.rs"].find_one()
    supervisor.kill_all()
    await supervisor.process("mongod").exited
    state.release()
