"""Documents of several collections, read in one command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo.read_concern import ReadConcern

from ticket_service.mongo.mapper import Document

# The first answer holds all; by itself it would end at 101 documents.
_BATCH = 10_000
# What a failover may still take back is not there yet: who is told that a text is stored already can rely on it. What a
# majority has not got is met when it is written.
_MAJORITY = ReadConcern("majority")


@dataclass(frozen=True)
class Part:
    """Documents of one collection that are read together with others; `name` tells them apart."""

    name: str
    collection: Any
    stages: Sequence[Document]


class _Documents(dict[str, list[Document]]):
    def __missing__(self, name: str) -> list[Document]:
        return []


def union(parts: Sequence[Part]) -> Mapping[str, list[Document]]:
    """The documents of all parts by the parts' names, read in one command. Blocks."""
    documents = _Documents()
    if not parts:
        return documents
    first, *others = parts
    pipeline = [*first.stages, _named(first.name)]
    pipeline += [
        {"$unionWith": {"coll": part.collection.name, "pipeline": [*part.stages, _named(part.name)]}} for part in others
    ]
    for row in first.collection.with_options(read_concern=_MAJORITY).aggregate(pipeline, batchSize=_BATCH):
        documents.setdefault(row["part"], []).append(row["document"])
    return documents


def _named(name: str) -> Document:
    return {"$replaceRoot": {"newRoot": {"part": name, "document": "$$ROOT"}}}
