"""The running replicas on MongoDB. Times are the database's own: replicas' clocks may differ."""

from typing import Any

from pymongo import ASCENDING, IndexModel

from credentials_service.mongo.documents import Document, replica_from_document
from credentials_service.store import REPLICA_SECONDS, Replica
from servicekit.mongo.readable import readable


class MongoReplicas:
    """Implements store.ReplicaStore."""

    def __init__(self, database: Any) -> None:
        self._replicas = database["replicas"]

    async def prepare(self) -> None:
        """Creates the index by which the database clears away those that are gone."""
        gone = IndexModel([("report_time", ASCENDING)], name="gone", expireAfterSeconds=REPLICA_SECONDS)
        await self._replicas.create_indexes([gone])

    async def report(self, replica: Replica) -> None:
        # As lists, and literally: a key's id may hold dots, and a problem may begin with a dollar.
        keys = [{"key_id": key_id, "fingerprint": mark} for key_id, mark in replica.fingerprints.items()]
        fields: Document = {
            "active_key_id": {"$literal": replica.active_key_id},
            "keys": {"$literal": keys},
            "problems": {"$literal": list(replica.problems)},
            "report_time": "$$NOW",
        }
        await self._replicas.update_one({"_id": replica.replica_id}, [{"$set": fields}], upsert=True)

    async def replicas(self) -> list[Replica]:
        since: Document = {"$subtract": ["$$NOW", REPLICA_SECONDS * 1000]}
        cursor = self._replicas.find({"$expr": {"$gt": ["$report_time", since]}}).sort("_id", ASCENDING)
        return readable(await cursor.to_list(None), replica_from_document, "replica")

    async def withdraw(self, replica_id: str) -> None:
        await self._replicas.delete_one({"_id": replica_id})
