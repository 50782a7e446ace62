"""What the driver raises while the database is away, and what it raises because of a bug."""

from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import errors as pymongo_errors
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from dev.local_stack.ports import free_port
from servicekit import errors
from servicekit.mongo.client_options import CLIENT_OPTIONS
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.mongo.transactions import in_transaction


async def test_a_database_that_is_away_is_an_outage() -> None:
    client: Any = AsyncIOMotorClient(
        f"mongodb://127.0.0.1:{free_port()}/?replicaSet=keva", **{**CLIENT_OPTIONS, "serverSelectionTimeoutMS": 100}
    )

    async def work(session: Any) -> None:
        await client.test.things.find_one({}, session=session)

    with pytest.raises(PyMongoError) as failed:
        await in_transaction(client, work)

    client.close()
    known = as_keva_error(failed.value)
    assert isinstance(known, errors.Unavailable)
    assert known.reason == "STORE_UNAVAILABLE"


def _labelled(error: PyMongoError) -> PyMongoError:
    error._add_error_label("TransientTransactionError")
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (pymongo_errors.ServerSelectionTimeoutError("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.AutoReconnect("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.NotPrimaryError("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.NetworkTimeout("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.ExecutionTimeout("x"), "STORE_UNAVAILABLE"),
        (pymongo_errors.WTimeoutError("x"), "STORE_UNAVAILABLE"),
        (OperationFailure("not primary", 10107), "STORE_UNAVAILABLE"),
        (OperationFailure("interrupted", 11601), "STORE_UNAVAILABLE"),
        (BulkWriteError({"writeErrors": [{"code": 11602}]}), "STORE_UNAVAILABLE"),
        (BulkWriteError({"writeConcernErrors": [{"code": 91}]}), "STORE_UNAVAILABLE"),
        (BulkWriteError({"writeErrors": [{"code": 11000}]}), None),
        (_labelled(OperationFailure("write conflict", 112)), "CONCURRENT_UPDATE"),
        (OperationFailure("unknown operator", 2), None),
        (DuplicateKeyError("x", 11000), None),
        (ValueError("x"), None),
    ],
)
def test_which_errors_mean_that_it_is_down(error: Exception, reason: str | None) -> None:
    known = as_keva_error(error)

    assert (known.reason if known else None) == reason
