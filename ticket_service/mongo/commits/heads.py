"""The heads of organizations' own chains, read along with what belongs to them: the records of tickets say which one
their writer had seen, so that it cannot be cut back unnoticed."""

from collections.abc import Iterable
from typing import Any

from ticket_service.mongo.mapper import Document

_HEAD = "_organization_head"


def with_head(counters: Any) -> list[Document]:
    """Stages that add it to documents with an organization_id. `counters` is the collection that has it."""
    joined = {"from": counters.name, "localField": _HEAD, "foreignField": "_id", "as": _HEAD}
    return [{"$set": {_HEAD: {"$concat": ["audit:", "$organization_id"]}}}, {"$lookup": joined}]


def heads_in(documents: Iterable[Document]) -> dict[str, str]:
    """The heads as they are stored, by organization."""
    return {d["organization_id"]: str(found.get("head", "")) for d in documents for found in d.get(_HEAD, ())}
