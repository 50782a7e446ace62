"""Tells at start whether the audit keys are those that the database was signed with."""

from ticket_service.mongo.database import Database

_PREFIX = "audit_key:"


async def check_keys(database: Database) -> None:
    """Remembers a value made with the active key. Raises SystemExit, saying what to do, when a key is missing that was
    active once, or is another one under its name: what it signed could not be verified."""
    keys = database.signing.keys
    active = {"_id": f"{_PREFIX}{keys.active_id}"}
    fields = {"value": keys.check_value(keys.active_id)}
    await database.counters.update_one(active, {"$setOnInsert": fields}, upsert=True)
    mistakes = []
    async for known in database.counters.find({"_id": {"$regex": f"^{_PREFIX}"}}).sort("_id", 1):
        key_id = known["_id"].removeprefix(_PREFIX)
        expected = keys.check_value(key_id)
        if expected is None:
            mistakes.append(f"  {key_id} is missing: it has signed audit records; put its file back")
        elif expected != known["value"]:
            mistakes.append(f"  {key_id} is another key than the one that signed audit records; put that one back")
    if mistakes:
        raise SystemExit("\n".join(("KEVA_AUDIT_KEYS_DIR: the keys are not those of this database:", *mistakes)))
