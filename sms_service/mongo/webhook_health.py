"""WebhookHealthStore on MongoDB. The document of an account is named by its Account SID."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from servicekit.mongo.readable import readable
from sms_service.domain.webhook_health import SignatureTrouble, WebhookHealth

Document = dict[str, Any]


class MongoWebhookHealth:
    """Implements ports.webhook_health.WebhookHealthStore."""

    def __init__(self, webhook_health: Any) -> None:
        self._health = webhook_health

    async def note(self, news: Mapping[str, WebhookHealth]) -> None:
        writes = [UpdateOne({"_id": sid}, {"$max": _to_document(one)}, upsert=True) for sid, one in news.items()]
        if writes:
            await self._health.bulk_write(writes, ordered=False)

    async def of_accounts(self, account_sids: Sequence[str]) -> Mapping[str, WebhookHealth]:
        found = await self._health.find({"_id": {"$in": list(account_sids)}}).to_list(None)
        return dict(readable(found, lambda document: (document["_id"], _from_document(document)), "webhook health"))


def _to_document(health: WebhookHealth) -> Document:
    """Without what is not known: $max would take it for older, and write it where nothing is. MongoDB compares the
    refusals by their first field, the time."""
    refused = {"time": health.refused_time, "trouble": health.trouble.value} if health.trouble else None
    fields = {"text_time": health.text_time, "callback_time": health.callback_time, "refused": refused}
    return {name: value for name, value in fields.items() if value is not None}


def _from_document(document: Document) -> WebhookHealth:
    refused = document.get("refused") or {}
    trouble = refused.get("trouble")
    return WebhookHealth(
        document.get("text_time"),
        document.get("callback_time"),
        refused.get("time"),
        SignatureTrouble(trouble) if trouble else None,
    )
