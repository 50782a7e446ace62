"""Which of the driver's errors are expected ones: a database that is down, a change that lost a race."""

from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from servicekit import errors

# Server codes that mean "not now": stepping down, shutting down, not primary, no majority.
_DOWN_CODES = frozenset({6, 7, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436})
# Somebody has ended what was running, or the whole session, as abandoned_transactions does. It comes without a label.
_INTERRUPTED = 11601


def codes(error: PyMongoError) -> frozenset[int]:
    """The server's codes; of a bulk write, those of its parts."""
    if not isinstance(error, OperationFailure):
        return frozenset()
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        parts = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
        return frozenset(part["code"] for part in parts if "code" in part)
    return frozenset() if error.code is None else frozenset({error.code})


def was_interrupted(error: PyMongoError) -> bool:
    """Whether somebody ended it before it was done. Of a commit nobody knows then how far it got."""
    return _INTERRUPTED in codes(error)


def as_keva_error(error: Exception) -> errors.KevaError | None:
    """A driver error as the KevaError that it means, or None when it is a bug."""
    if not isinstance(error, PyMongoError):
        return None
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return _unavailable("the database does not answer; ask again later")
    if codes(error) & _DOWN_CODES:
        return _unavailable("the database has no primary now; ask again later")
    if was_interrupted(error):
        return _unavailable("the database ended this before it was done; ask again")
    if error.has_error_label("TransientTransactionError"):
        return errors.Aborted("CONCURRENT_UPDATE", "somebody else changed this at the same time; ask again")
    return None


def _unavailable(message: str) -> errors.Unavailable:
    return errors.Unavailable("STORE_UNAVAILABLE", message)
