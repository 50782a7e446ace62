"""How a version before named what belongs to a number: by the number itself, which mongod then wrote into its log."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Any, TypeVar

from servicekit.masking import mask
from servicekit.mongo.readable import note_unreadable

Entity = TypeVar("Entity")
NAMED_BY_NUMBER = "^AC[0-9a-fA-F]*:"


async def readable_of_version_before(
    documents: AsyncIterable[dict[str, Any]], read: Callable[[dict[str, Any]], Entity], what: str
) -> AsyncIterator[tuple[str, Entity]]:
    """The ids of what that version named, and what `read` makes of it. What cannot be read is passed by, and keeps no
    replica from starting; its number is in no log either."""
    async for document in documents:
        name: str = document["_id"]
        try:
            entity = read(document)
        except Exception as error:
            account_sid, _, phone_number = name.partition(":")
            note_unreadable({"_id": f"{account_sid}:{mask(phone_number)}"}, what, error)
        else:
            yield name, entity
