"""Tests use databases one after the other, and none finds what another one has left."""

from dev.local_stack.mongod import Mongod
from tests.databases import Databases
from tests.mongo_clients import mongo_client

_COLLECTIONS = ("agents", "counters", "tickets")


def test_database_that_was_used_has_its_indexes_and_no_document(mongod: Mongod, databases: Databases) -> None:
    with mongo_client(mongod.uri) as client:
        with databases.use("emptied") as name:
            for collection in _COLLECTIONS:
                client[name][collection].create_index("state")
            client[name].counters.insert_many([{"state": 1}, {"state": 2}])
            client[name].tickets.insert_one({"state": 1})
            client[f"{name}_credentials"].secrets.insert_one({"state": 1})

        with databases.use("emptied") as again:
            assert again == name
            assert not any(client[name][collection].count_documents({}) for collection in _COLLECTIONS)
            assert client[f"{name}_credentials"].secrets.count_documents({}) == 0
            assert all("state_1" in client[name][collection].index_information() for collection in _COLLECTIONS)
