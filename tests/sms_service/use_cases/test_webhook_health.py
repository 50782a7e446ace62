"""How the webhooks of an account come, and why one was refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dev.local_stack.mongod import Mongod
from keva.sms.v1 import sms_service_pb2 as pb
from servicekit.clock import utc_now
from sms_service.domain.webhook_health import SignatureTrouble, WebhookHealth
from sms_service.mongo.store import MongoStore
from sms_service.use_cases.webhook_health import WebhooksHealth
from tests.sms_service.conftest import ORGANIZATION, PUBLIC_URL, Sms

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)


async def _health(sms: Sms) -> pb.WebhookHealth:
    request = pb.ListTwilioAccountsRequest(organization_id=ORGANIZATION, page_size=200)
    accounts = (await sms.stub.ListTwilioAccounts(request)).accounts
    return next(account.webhook_health for account in accounts if account.account_sid == sms.account_sid)


def _text(sms: Sms) -> dict[str, str]:
    return {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number, "Body": "hello"}


async def test_a_text_that_is_signed_is_known_to_have_come(sms: Sms) -> None:
    await sms.connect()
    assert not (await _health(sms)).HasField("text_time")

    await sms.inbound(sms.webhook(**_text(sms)))

    known = await _health(sms)
    assert known.HasField("text_time")
    assert not known.HasField("refuse_time")


def _unsigned(webhook: pb.Webhook) -> None:
    webhook.signature = ""


def _another_key(webhook: pb.Webhook) -> None:
    webhook.signature_settings = "key=webhooks_sharedkey_unknown,algorithm=HMAC_SHA256"


def _wrong(webhook: pb.Webhook) -> None:
    webhook.signature = "bm90IHR3aWxpbw=="


def _for_http(webhook: pb.Webhook) -> None:
    # It was signed for https, and comes as if the public URL said http.
    webhook.url = webhook.url.replace(PUBLIC_URL, PUBLIC_URL.replace("https", "http"))


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        pytest.param(_unsigned, pb.SIGNATURE_TROUBLE_MISSING, id="no signature"),
        pytest.param(_another_key, pb.SIGNATURE_TROUBLE_UNKNOWN_SHARED_KEY, id="a SharedKey that is not stored"),
        pytest.param(_for_http, pb.SIGNATURE_TROUBLE_OTHER_SCHEME, id="http for https"),
        pytest.param(_wrong, pb.SIGNATURE_TROUBLE_WRONG, id="another token"),
    ],
)
async def test_why_a_signature_was_refused_is_known(sms: Sms, change: Any, trouble: int) -> None:
    await sms.connect()
    webhook = sms.webhook(**_text(sms))
    change(webhook)

    await sms.inbound(webhook)

    known = await _health(sms)
    assert (known.signature_trouble, known.HasField("text_time")) == (trouble, False)


async def test_the_newest_of_each_kind_is_kept_in_any_order(mongod: Mongod, database: str) -> None:
    store = MongoStore(mongod.uri, database)
    newer = WebhookHealth(LATER, None, NOON, SignatureTrouble.WRONG)
    older = WebhookHealth(NOON, NOON, NOON - timedelta(days=1), SignatureTrouble.MISSING)

    for news in (newer, older, newer):
        await store.webhook_health.note({"AC1": news})
    known = await store.webhook_health.of_accounts(["AC1", "AC2"])

    store.close()
    assert known == {"AC1": WebhookHealth(LATER, NOON, NOON, SignatureTrouble.WRONG)}


async def test_what_could_not_be_written_is_written_later(mongod: Mongod, database: str) -> None:
    store = MongoStore(mongod.uri, database)

    class OnceDown:
        """A store that is down at first."""

        calls = 0

        async def note(self, news: Any) -> None:
            self.calls += 1
            if self.calls == 1:
                raise ConnectionError
            await store.webhook_health.note(news)

        async def of_accounts(self, account_sids: Any) -> Any:
            return await store.webhook_health.of_accounts(account_sids)

    health = WebhooksHealth(OnceDown(), utc_now)
    health.text_came("AC1")
    with pytest.raises(ConnectionError):
        await health.keep()
    await health.keep()

    known = await store.webhook_health.of_accounts(["AC1"])
    store.close()
    assert known["AC1"].text_time is not None


def test_what_was_before_the_account_was_connected_is_not_its_own() -> None:
    health = WebhookHealth(NOON, LATER, NOON, SignatureTrouble.WRONG)

    assert health.since(LATER) == WebhookHealth(callback_time=LATER)
