"""What the database says of a commit: that it will never take it, or nothing about it at all."""

from bson.errors import BSONError, InvalidBSON
from pymongo.errors import PyMongoError

from servicekit.errors import Unavailable
from servicekit.mongo.driver_errors import codes

# BadValue, FailedToParse, TypeMismatch, InvalidBSON, DocumentValidationFailure, and documents that are too large.
_REJECTED = frozenset({2, 9, 14, 22, 121, 10334, 17280, 17419, 17420})


def is_about_the_database(error: Exception) -> bool:
    """Whether it says nothing about what was to be written: the database is away, or takes nothing from anybody."""
    return isinstance(error, Unavailable) or (isinstance(error, PyMongoError) and not is_rejection(error))


def is_rejection(error: Exception) -> bool:
    """Whether the database will never take this. What it does not take for any other reason, a right that is missing or
    a disk that is full, it may take tomorrow: such a text is not refused."""
    if isinstance(error, BSONError):
        # The driver could not read an answer; what it cannot write is another one.
        return not isinstance(error, InvalidBSON)
    found = codes(error) if isinstance(error, PyMongoError) else frozenset()
    return bool(found) and found <= _REJECTED
