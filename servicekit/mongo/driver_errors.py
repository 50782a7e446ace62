"""Which of the driver's errors are expected ones: a database that is down, a change that lost a race."""

from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError, WTimeoutError

from servicekit import errors

# Server codes that mean "not now": stepping down, shutting down, not primary, no majority.
_DOWN_CODES = frozenset({6, 7, 64, 89, 91, 100, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436})


def as_keva_error(error: Exception) -> errors.KevaError | None:
    """A driver error as the KevaError that it means, or None when it is a bug."""
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer; ask again later")
    if isinstance(error, OperationFailure) and error.code in _DOWN_CODES:
        return errors.Unavailable("STORE_UNAVAILABLE", "the database has no primary now; ask again later")
    if isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError"):
        return errors.Aborted("CONCURRENT_UPDATE", "somebody else changed this at the same time; ask again")
    return None
