"""Which part of Twilio's log a number is compared with, by the clock that Twilio's answers show."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from sms_service.domain.backfill_number import Lease, SubscribedNumber
from sms_service.mongo.store import MongoStore
from sms_service.rpc.credentials_client import CredentialsClient
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.use_cases.comparison_span import ComparisonSpans, Span
from sms_service.use_cases.credentials_cache import CredentialsCache
from tests.identities import channel_to
from tests.mongo_clients import client_of_services
from tests.sms_service.conftest import ORGANIZATION, PUBLIC_URL, Sms

OVERLAP, LEASE = timedelta(minutes=10), timedelta(minutes=2)


@dataclass
class Replica:
    """One that compares numbers, and what it knows of Twilio's clock (`http.clock`)."""

    store: MongoStore
    http: TwilioHttp
    spans: ComparisonSpans

    async def another_one_compared(self, number: SubscribedNumber, until: datetime) -> None:
        """Another replica has compared the number's log until then."""
        lease = await self._claimed(number)
        await self.store.backfills.advance(lease, until, LEASE)
        await self.store.backfills.finish(lease, compared=True)

    async def find(self, number: SubscribedNumber) -> Span:
        """What this one would compare now."""
        span = await self.spans.find(number, await self._claimed(number))
        await self.store.backfills.finish(span.lease, compared=False)
        return span

    async def _claimed(self, number: SubscribedNumber) -> Lease:
        lease = await self.store.backfills.claim(number, timedelta(0), LEASE)
        assert lease is not None
        return lease


@pytest_asyncio.fixture
async def replica(sms: Sms, mongod: Mongod, database: str, credentials_address: str) -> AsyncIterator[Replica]:
    """One that knows nothing of Twilio's clock yet. The account is connected."""
    await sms.connect()
    channel = channel_to("credentials_service", credentials_address)
    store, http = MongoStore(mongod.uri, database, shared=client_of_services(mongod.uri)), TwilioHttp(30)
    twilio = Twilio(sms.simulator.base_url, http, PUBLIC_URL)
    credentials = CredentialsCache(CredentialsClient(channel))
    yield Replica(store, http, ComparisonSpans(twilio, credentials, store.backfills, utc_now, OVERLAP))
    await http.close()
    await channel.close()


@pytest.mark.parametrize("asleep", [timedelta(minutes=20), timedelta(days=2)])
async def test_replica_that_was_suspended_forgets_nothing_of_what_others_compared(
    sms: Sms, replica: Replica, asleep: timedelta
) -> None:
    now = utc_now().replace(microsecond=0)
    number = SubscribedNumber(ORGANIZATION, sms.account_sid, sms.number, now - timedelta(days=300))
    compared_until = now - timedelta(minutes=1)
    # Its monotonic clock stood still with the machine, so this is the time that it takes Twilio's clock to show.
    replica.http.clock.answered(format_datetime(now - asleep))
    await replica.another_one_compared(number, compared_until)

    spans = [await replica.find(number) for _ in range(2)]

    for span in spans:
        assert (span.begin, span.lease.watermark) == (compared_until - OVERLAP, compared_until)


async def test_watermark_that_twilio_itself_has_yet_to_reach_is_forgotten(sms: Sms, replica: Replica) -> None:
    now = utc_now().replace(microsecond=0)
    number = SubscribedNumber(ORGANIZATION, sms.account_sid, sms.number, now - timedelta(hours=1))
    await replica.another_one_compared(number, now + timedelta(days=3))

    span = await replica.find(number)

    assert (span.begin, span.lease.watermark) == (number.subscribe_time, None)
