"""The primary that a commit reads from: whether it knows all that was ever confirmed. For a moment, one that was just
elected may answer with what a majority had before, and lack what its predecessor confirmed last."""

from typing import Any

from pymongo import ReadPreference
from pymongo.read_concern import ReadConcern

from ticket_service.mongo.database import Database

_LONGEST_MS = 1000
_NO_TERM = object()


class Primary:
    """Asks each new primary once to prove itself. `database` is the driver's blocking one.

    A linearizable read is answered only after a write of the primary's own has reached a majority: then its majority
    has all that earlier ones confirmed. Decisions that write nothing need that; what writes is checked when it is
    written. Behind mongos, which does not say when a shard's primary changes, it is asked once.
    """

    def __init__(self, database: Database) -> None:
        self._client = database.client
        self._any = database.counters.with_options(
            read_concern=ReadConcern("linearizable"), read_preference=ReadPreference.PRIMARY
        )
        self._proven: object = _NO_TERM

    def term(self) -> Any:
        """Which election made it primary, as far as the driver has heard."""
        return self._client.topology_description.max_election_id

    def proven_term(self) -> Any:
        """The term of a primary that has proven itself. Raises the driver's errors."""
        while (term := self.term()) != self._proven:
            self._any.find_one({"_id": "created"}, {"_id": 1}, max_time_ms=_LONGEST_MS)
            self._proven = term
        return term
