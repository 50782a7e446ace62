"""The client of MongoDB, and all stores on it."""

from datetime import timedelta
from typing import Any

from servicekit.mongo.abandoned_transactions import keep_ending_abandoned_transactions
from servicekit.mongo.clients import Client, Connection
from sms_service.mongo import backfills as mongo_backfills
from sms_service.mongo import deliveries as mongo_deliveries
from sms_service.mongo import media as mongo_media
from sms_service.mongo import stopped_senders as mongo_stopped_senders
from sms_service.mongo.backfills import MongoBackfills
from sms_service.mongo.deliveries import MongoDeliveries
from sms_service.mongo.media import MongoMedia
from sms_service.mongo.sending_line import MongoSendingLine
from sms_service.mongo.stopped_senders import MongoStoppedSenders
from sms_service.mongo.webhook_health import MongoWebhookHealth


class MongoStore:
    """All stores of `ports`, one attribute each, on one client."""

    def __init__(
        self, uri: str, database: str, check_after: timedelta = timedelta(minutes=5), shared: Client | None = None
    ) -> None:
        """`uri` is the connection string of a replica set. Connects when first used. `check_after`: how long without
        final news before a delivery is asked for at Twilio. A `shared` client stays open."""
        self._connection = Connection(uri, shared)
        client = self._connection.client
        self._database: Any = client[database]
        self.deliveries = MongoDeliveries(self._database["deliveries"], check_after)
        self.media = MongoMedia(client, self._database["media"], self._database["media_contents"])
        self.stopped_senders = MongoStoppedSenders(self._database["stopped_senders"])
        self.sending_line = MongoSendingLine(self._database["sending_places"])
        self.backfills = MongoBackfills(self._database["backfills"])
        self.webhook_health = MongoWebhookHealth(self._database["webhook_health"])

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing, and renames what a version before has named otherwise."""
        await self._database["deliveries"].create_indexes(mongo_deliveries.INDEXES)
        await self._database["media"].create_indexes(mongo_media.INDEXES)
        await self._database["stopped_senders"].create_indexes(mongo_stopped_senders.INDEXES)
        await self._database["backfills"].create_indexes(mongo_backfills.INDEXES)
        await self.stopped_senders.prepare()
        await self.sending_line.prepare()

    async def tidy(self) -> None:
        """A background loop: frees what replicas that died had locked."""
        await keep_ending_abandoned_transactions(self._connection.client)

    def close(self) -> None:
        """Closes the connections."""
        self._connection.close()
