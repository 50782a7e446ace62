"""The rounds in which all numbers are compared with Twilio's log. What one comparison does:
tests/sms_service/use_cases/test_recovery.py."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from dev.local_stack.mongod import Mongod
from keva.ticket.v1 import channel_service_pb2
from servicekit.clock import utc_now
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.proto_values import timestamp
from sms_service.background.backfill import BackfillLoop
from sms_service.mongo.store import MongoStore
from sms_service.rpc.audit_client import AuditClient
from sms_service.rpc.credentials_client import CredentialsClient
from sms_service.rpc.ticket_client import TicketClient
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.use_cases.backfill import Backfill, ComparisonTiming
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.missed_media import MissedMedia
from sms_service.use_cases.number_statuses import NumberStatuses
from sms_service.use_cases.refused_texts import RefusedTexts
from tests.identities import tls_dir
from tests.mongo_clients import client_of_services
from tests.sms_service.clock import SetClock
from tests.sms_service.conftest import ORGANIZATION, PUBLIC_URL, Sms
from tests.sms_service.ticket_peer import TicketPeer


@pytest_asyncio.fixture
async def clock() -> SetClock:
    """By which accounts rest."""
    return SetClock()


@pytest_asyncio.fixture
async def rounds(
    sms: Sms, tickets: TicketPeer, credentials_address: str, mongod: Mongod, database: str, clock: SetClock
) -> AsyncIterator[BackfillLoop]:
    """Rounds that the test begins; those of `sms` itself find no ticket_service."""
    certificates, http = CertificateFolder(tls_dir("sms_service")), TwilioHttp(10)
    keeper = open_channel(credentials_address, "credentials_service", certificates)
    desk = open_channel(tickets.address, "ticket_service", certificates)
    store = MongoStore(mongod.uri, database, timedelta(minutes=1), client_of_services(mongod.uri))
    twilio = Twilio(sms.simulator.base_url, http, PUBLIC_URL, sms.simulator.base_url, "US")
    backfill = Backfill(
        twilio,
        CredentialsCache(CredentialsClient(keeper)),
        store.backfills,
        TicketClient(desk),
        MissedMedia(twilio, MediaQueue(store.media, utc_now, lambda: None)),
        RefusedTexts(store.backfills, AuditClient(desk), utc_now),
        utc_now,
        ComparisonTiming(timedelta(0), timedelta(minutes=10)),
    )
    statuses = NumberStatuses(store.backfills, timedelta(minutes=5))
    yield BackfillLoop(backfill, statuses, TicketClient(desk), clock, timedelta(minutes=1))
    await http.close()
    await keeper.close()
    await desk.close()
    store.close()


async def test_account_that_is_rate_limited_rests_until_the_next_round(
    sms: Sms, tickets: TicketPeer, rounds: BackfillLoop, clock: SetClock
) -> None:
    await sms.connect()
    number = channel_service_pb2.SubscribedNumber(
        organization_id=ORGANIZATION,
        account_sid=sms.account_sid,
        phone_number=sms.number,
        subscribe_time=timestamp(utc_now() - timedelta(minutes=1)),
    )
    tickets.numbers.append(number)
    await sms.simulator.text(sms.customer, sms.number, "missed", deliver=False)
    await sms.simulator.fault("list_messages", "429", times=1)

    more = await rounds.compare_all(timedelta(0))
    left = await sms.simulator.faults()
    # As when another account has more to compare, for which the next round begins at once.
    more_again = await rounds.compare_all(timedelta(0))
    stored_meanwhile = list(tickets.stored)
    clock.forward(seconds=61)
    await rounds.compare_all(timedelta(0))

    assert (more, more_again, left) == (False, False, [])
    assert stored_meanwhile == []
    assert [text.text for text in tickets.stored.values()] == ["missed"]
