"""A list with a document that nobody can read is the list of all the others."""

from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from servicekit.mongo.readable import UnreadableError, first_readable, readable

_SECRET = "call me at +15551234567"


def _name(document: dict[str, Any]) -> str:
    if not isinstance(document["name"], str):
        raise UnreadableError("name is of another type")
    return document["name"]


def _counted() -> float:
    return REGISTRY.get_sample_value("keva_unreadable_documents_total", {"what": "thing"}) or 0.0


def test_the_others_are_there_and_the_one_is_named_counted_and_not_quoted() -> None:
    documents: list[dict[str, Any]] = [
        {"_id": "1", "name": "one"},
        {"_id": "2", "name": 2, "text": _SECRET},
        {"_id": "3", "text": _SECRET},
        {"_id": "4", "name": "four"},
    ]
    before = _counted()

    with capture_logs() as lines:
        assert readable(documents, _name, "thing") == ["one", "four"]

    assert _counted() == before + 2
    assert [(line["log_level"], line["name"], line["why"]) for line in lines] == [
        ("error", "2", "name is of another type"),
        ("error", "3", "KeyError"),
    ]
    assert _SECRET not in str(lines)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 10])
@pytest.mark.parametrize("poisoned", [(), (0,), (1, 2), (0, 1, 2, 3), (5,), (4, 5)])
async def test_a_page_is_full_as_long_as_there_is_more(
    client: Any, database: str, limit: int, poisoned: tuple[int, ...]
) -> None:
    things = client[database].list_of_things
    await things.insert_many([{"_id": i, "name": None if i in poisoned else str(i)} for i in range(6)])

    found = await first_readable(things.find({}).sort("_id", 1), limit, _name, "thing")

    assert found == [str(i) for i in range(6) if i not in poisoned][:limit]
    await things.drop()
