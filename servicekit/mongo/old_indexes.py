"""Indexes that versions before have made, and nobody uses any more."""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import OperationFailure

_INDEX_NOT_FOUND = 27


async def drop(collection: Any, names: Sequence[str]) -> None:
    """Drops those of them that are there. Asking first locks nobody out; dropping stops, even where there is nothing to
    drop, all transactions on the collection for a moment."""
    for name in set(names) & set(await collection.index_information()):
        try:
            await collection.drop_index(name)
        except OperationFailure as error:
            # Another replica was first.
            if error.code != _INDEX_NOT_FOUND:
                raise
