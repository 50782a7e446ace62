"""Accounts as documents: organization and agent are the `_id`."""

from collections.abc import Collection, Mapping
from typing import Any

from console.mongo.reading import entity_from
from console.sign_in.accounts import Account, AgentKey
from servicekit.mongo.readable import readable

Document = dict[str, Any]


class MongoAccounts:
    """Implements accounts.AccountStore."""

    def __init__(self, database: Any) -> None:
        self._accounts = database["accounts"]

    async def prepare(self) -> None:
        """It is found by its `_id` alone."""

    async def get_many(self, keys: Collection[AgentKey]) -> Mapping[AgentKey, Account]:
        found = await self._accounts.find({"_id": {"$in": [_id(key) for key in keys]}}).to_list(None)
        return {account.key: account for account in readable(found, _account, "account")}

    async def put(self, account: Account) -> None:
        values = {"password_hash": account.password_hash, "password_time": account.password_time}
        await self._accounts.replace_one({"_id": _id(account.key)}, values, upsert=True)

    async def replace_hash(self, account: Account, password_hash: str) -> None:
        query = {"_id": _id(account.key), "password_hash": account.password_hash}
        await self._accounts.update_one(query, {"$set": {"password_hash": password_hash}})


def _id(key: AgentKey) -> Document:
    return {"organization_id": key[0], "agent_id": key[1]}


def _account(document: Document) -> Account:
    return entity_from(Account, {**document, **document["_id"]})
