"""Which audit key took the place of which: a document per key that was ever active, in `counters`, signed with the key
itself. A replica that still has the old one as active goes on with the new one as soon as it meets it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from servicekit.audit.chain import Keys, to_millis
from ticket_service.mongo.mapper import Document

if TYPE_CHECKING:
    from ticket_service.mongo.database import Database

_PREFIX = "audit_key:"
_ALL = {"_id": {"$regex": f"^{_PREFIX}"}}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Succession:
    """That a key has replaced others."""

    key_id: str
    retired: frozenset[str]
    taken_over: bool


def successions(keys: Keys, documents: Iterable[Document]) -> dict[str, Succession]:
    """What the documents say, as far as the keys themselves have signed it, by the new key's id."""
    found = {}
    for document in documents:
        key_id, retired, time = document["_id"].removeprefix(_PREFIX), document.get("retires"), document.get("since")
        if not isinstance(retired, list) or not isinstance(time, datetime):
            continue
        seal = keys.succession(key_id, [str(key) for key in retired], to_millis(time))
        if seal is not None and seal == document.get("seal"):
            found[key_id] = Succession(key_id, frozenset(map(str, retired)), document.get("taken_over") is True)
    return found


async def check_keys(database: "Database", now: datetime) -> None:
    """Remembers a value made with the active key, and which keys it has replaced. Raises SystemExit, saying what to do,
    when a key is missing that was active once, or is another one under its name: what it signed could not be verified;
    or when the active one was replaced."""
    keys = database.keys
    documents = await database.counters.find(_ALL).sort("_id", 1).to_list(None)
    mistakes = [mistake for document in documents if (mistake := _mistake(keys, document))]
    if mistakes:
        raise SystemExit("\n".join(("KEVA_AUDIT_KEYS_DIR: the keys are not those of this database:", *mistakes)))
    mine = {"_id": f"{_PREFIX}{keys.active_id}"}
    others = [document["_id"].removeprefix(_PREFIX) for document in documents if document["_id"] != mine["_id"]]
    signed = _check_order(keys, successions(keys, documents))
    if signed is None or not signed.retired.issuperset(others):
        statement = {"value": keys.check_value(keys.active_id), **_succession(keys, others, now)}
        await database.counters.update_one(mine, {"$set": statement}, upsert=True)
        signed = successions(keys, [{**mine, **statement}]).get(keys.active_id)
    if signed is not None:
        database.trail.activate(signed.key_id, signed.retired, not signed.taken_over)


async def finish_taking_over(database: "Database") -> None:
    """What replaced keys have signed is claimed under the active one: from now on they prove nothing by themselves."""
    mine = {"_id": f"{_PREFIX}{database.keys.active_id}"}
    await database.counters.update_one(mine, {"$set": {"taken_over": True}})
    database.trail.taking_over = False


def _mistake(keys: Keys, known: Document) -> str:
    key_id = known["_id"].removeprefix(_PREFIX)
    expected = keys.check_value(key_id)
    if expected is None:
        return f"  {key_id} is missing: it has signed audit records; put its file back"
    if expected != known.get("value"):
        return f"  {key_id} is another key than the one that signed audit records; put that one back"
    return ""


def _check_order(keys: Keys, found: Mapping[str, Succession]) -> Succession | None:
    """What the active key has signed of those before it. Raises SystemExit when another one has replaced it."""
    mine = found.get(keys.active_id)
    for other in found.values():
        if keys.active_id not in other.retired:
            continue
        if mine is None or other.key_id not in mine.retired:
            raise SystemExit(
                f"KEVA_ACTIVE_AUDIT_KEY_ID: {other.key_id} has taken the place of {keys.active_id} in this database; "
                f"make {other.key_id} the active one, or a new one"
            )
        # Whoever has the old key can say so, and is not believed.
        _log.error("a retired audit key claims to have replaced the active one", key_id=other.key_id)
    return mine


def _succession(keys: Keys, retired: Sequence[str], now: datetime) -> Document:
    """What the document of a key says of those that it replaces; nothing when it is the first one. In one write with
    the rest of it, so that nobody takes it for older than they are."""
    if not retired:
        return {}
    # As the database keeps it.
    since = now.replace(microsecond=now.microsecond // 1000 * 1000)
    seal = keys.succession(keys.active_id, retired, to_millis(since))
    return {"retires": sorted(retired), "since": since, "seal": seal}


async def learn(database: "Database") -> None:
    """Goes on with the key that has taken the place of the active one, if there is one that this replica has."""
    _learn(database, await database.counters.find(_ALL).to_list(None))


def learn_blocking(database: "Database") -> None:
    """The same on the driver's blocking client."""
    _learn(database, list(database.counters.find(_ALL)))


def _learn(database: "Database", documents: list[Any]) -> None:
    trail, found = database.trail, successions(database.keys, documents)
    if trail.taking_over and (mine := found.get(trail.keys.active_id)) is not None and mine.taken_over:
        trail.taking_over = False
    newer = {key: s for key, s in found.items() if trail.keys.active_id in s.retired and key not in trail.retired}
    last = [s for s in newer.values() if not any(s.key_id in other.retired for other in newer.values())]
    if len(last) == 1:
        _log.warning("another audit key was made active", key_id=last[0].key_id, instead_of=trail.keys.active_id)
        trail.activate(last[0].key_id, last[0].retired, not last[0].taken_over)
