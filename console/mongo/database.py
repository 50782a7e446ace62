"""The console's database, and what prepares it."""

from typing import Any

from pymongo.errors import PyMongoError

from console.mongo.accounts import MongoAccounts
from console.mongo.batches import MongoBatches
from console.mongo.draft_places import MongoDraftPlaces
from console.mongo.drafts import MongoDrafts
from console.mongo.links import MongoLinks
from console.mongo.preferences import MongoPreferences
from console.mongo.presence import MongoPresence
from console.mongo.sessions import MongoSessions
from console.mongo.sign_in_limits import MongoAttempts, MongoKnownBrowsers
from servicekit.mongo.clients import new_client

Document = dict[str, Any]


class Database:
    """Everything that the console keeps, each kind of thing as an attribute."""

    def __init__(self, uri: str, name: str) -> None:
        """`uri` is the connection string of a replica set. Connects when first used."""
        self._client = new_client(uri)
        database = self._client[name]
        self.sessions = MongoSessions(database)
        self.drafts = MongoDrafts(database)
        self.draft_places = MongoDraftPlaces(database)
        self.presence = MongoPresence(database)
        self.preferences = MongoPreferences(database)
        self.batches = MongoBatches(database)
        self.accounts = MongoAccounts(database)
        self.links = MongoLinks(database)
        self.sign_in_attempts = MongoAttempts(database)
        self.known_browsers = MongoKnownBrowsers(database)
        of_sign_in = (self.sessions, self.accounts, self.links, self.sign_in_attempts, self.known_browsers)
        self._kinds = (*of_sign_in, self.drafts, self.draft_places, self.presence, self.preferences, self.batches)
        self._database = database

    async def prepare(self) -> None:
        """Creates the indexes, where they are missing."""
        for kind in self._kinds:
            await kind.prepare()

    async def is_well(self) -> bool:
        """Whether the database answers."""
        try:
            await self._database.command("ping")
        except PyMongoError:
            return False
        return True

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()
