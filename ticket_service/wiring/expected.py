"""Which exceptions are not bugs."""

from servicekit.errors import KevaError
from servicekit.mongo.driver_errors import as_keva_error
from ticket_service.errors import of_rule


def expected(error: Exception) -> KevaError | None:
    """What callers get for broken rules and a database that does not answer; None for any other exception."""
    return error if isinstance(error, KevaError) else of_rule(error) or as_keva_error(error)
