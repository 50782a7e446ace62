"""Up to where events have been read, for drafts of what is erased: one document per organization."""

from collections.abc import Sequence
from typing import Any

from console.drafts.erasing import Place


class MongoDraftPlaces:
    """Implements erasing.PlaceStore."""

    def __init__(self, database: Any) -> None:
        self._places = database["draft_places"]

    async def prepare(self) -> None:
        """There is no index but that of the ids."""

    async def get(self, organization_id: str) -> Place | None:
        found = await self._places.find_one({"_id": organization_id})
        return Place(organization_id, found["token"]) if found else None

    async def put(self, place: Place) -> None:
        await self._places.replace_one({"_id": place.organization_id}, {"token": place.token}, upsert=True)

    async def remove_others(self, organization_ids: Sequence[str]) -> None:
        await self._places.delete_many({"_id": {"$nin": list(organization_ids)}})
