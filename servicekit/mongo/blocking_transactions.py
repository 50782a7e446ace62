"""A transaction on the calling thread, through the driver's blocking client, which is what motor wraps (`.delegate`).

Each command that motor runs is handed to one of its threads and back. A transaction of several commands costs half of
that when one thread runs them all: measured for four reads and four writes, 5 ms of CPU in place of 9.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from servicekit import errors
from servicekit.mongo.client_options import WRITE_TIMEOUT_MS
from servicekit.mongo.driver_errors import was_interrupted

Result = TypeVar("Result")

OPTIONS: dict[str, Any] = {
    "read_concern": ReadConcern("snapshot"),
    "write_concern": WriteConcern("majority", j=True, wtimeout=WRITE_TIMEOUT_MS),
    "read_preference": ReadPreference.PRIMARY,
}
COMMITS = 3
_DUPLICATE_KEY = 11000


def transact(client: Any, work: Callable[[Any], Result]) -> Result:
    """Runs `work(session)` in one transaction, once; it is on a majority's journals when this returns. Raises
    Unavailable when the database does not confirm the commit, and the driver's errors."""
    with client.start_session() as session:
        session.start_transaction(**OPTIONS)
        try:
            result = work(session)
        except BaseException:
            # Left alone, an open transaction holds its locks for a minute.
            session.abort_transaction()
            raise
        _commit(session)
        return result


def lost_race(error: PyMongoError) -> bool:
    """Whether somebody else was faster: a write conflict, a duplicate key, or whoever took the transaction for an
    abandoned one and ended it. Nothing was written: running the work again, from what it reads, may succeed."""
    if is_duplicate_key(error) or was_interrupted(error):
        return True
    return error.has_error_label("TransientTransactionError") and not isinstance(error, ConnectionFailure)


def is_duplicate_key(error: PyMongoError) -> bool:
    """Whether something with that key is there already."""
    if isinstance(error, BulkWriteError):
        # A transaction ends at its first error, so there is one at most.
        return any(failed["code"] == _DUPLICATE_KEY for failed in (error.details or {}).get("writeErrors", ()))
    return isinstance(error, DuplicateKeyError)


def is_worth_another_commit(error: PyMongoError) -> bool:
    """Whether the commit's outcome is unknown: committing again is how the driver's specification finds it out. Of one
    that somebody ended, the driver does not say so."""
    unknown = error.has_error_label("UnknownTransactionCommitResult") and not error.timeout
    return unknown or was_interrupted(error)


def not_confirmed() -> errors.Unavailable:
    """The error when it stays unknown."""
    return errors.Unavailable("STORE_UNAVAILABLE", "the database did not confirm the commit; ask again")


def _commit(session: Any) -> None:
    for _ in range(COMMITS):
        try:
            session.commit_transaction()
        except PyMongoError as error:
            if not is_worth_another_commit(error):
                raise
        else:
            return
    raise not_confirmed()
