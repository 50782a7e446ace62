"""The store on MongoDB, through motor: the only module that knows the driver, and where its parts come together."""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from servicekit.mongodb import CLIENT_OPTIONS
from sms_service import mongo_deliveries, mongo_media
from sms_service.mongo_deliveries import MongoDeliveries
from sms_service.mongo_media import MongoMedia


class MongoStore:
    """All ports of store.py, one attribute each, on one client."""

    def __init__(self, uri: str, database: str) -> None:
        """`uri` is the connection string of a replica set. Connects when first used."""
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(uri, **CLIENT_OPTIONS)
        self._database: Any = self._client[database]
        self.deliveries = MongoDeliveries(self._database["deliveries"])
        self.media = MongoMedia(self._database["media"])

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        await self._database["deliveries"].create_indexes(mongo_deliveries.INDEXES)
        await self._database["media"].create_indexes(mongo_media.INDEXES)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()
