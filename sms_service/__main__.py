"""Starts sms_service: reads settings, builds the objects, serves, drains."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from keva.sms.v1 import sms_service_pb2_grpc
from servicekit import event_loop, logs
from servicekit.addresses import CannotListen
from servicekit.attestation.signer import Signer
from servicekit.clock import Clock, utc_now
from servicekit.http import metrics
from servicekit.mongo.clients import Client
from servicekit.mongo.driver_errors import as_keva_error
from servicekit.rpc import server
from servicekit.rpc.agents_at_the_door import remembered
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.settings import load
from sms_service.background.backfill import BackfillLoop
from sms_service.background.delivery_checks import DeliveryChecks
from sms_service.background.media_fetcher import MediaFetcher
from sms_service.background.stopped_senders import StoppedSendersCount
from sms_service.background.webhook_health import WebhookHealthNotes
from sms_service.mongo.store import MongoStore
from sms_service.rpc.agent_client import AgentClient
from sms_service.rpc.attestations import AttestedVerdicts
from sms_service.rpc.audit_client import AuditClient
from sms_service.rpc.credentials_client import CredentialsClient
from sms_service.rpc.sms_servicer import SmsServicer, UseCases
from sms_service.rpc.ticket_client import TicketClient
from sms_service.settings import SmsServiceSettings
from sms_service.twilio.client import Twilio
from sms_service.twilio.http import TwilioHttp
from sms_service.twilio.media_addresses import MediaAddresses, host_patterns
from sms_service.twilio.media_download import MediaDownload
from sms_service.twilio.phone_numbers import TwilioPhoneNumbers
from sms_service.twilio.webhooks import TwilioWebhooks
from sms_service.use_cases.accounts import Accounts
from sms_service.use_cases.backfill import Backfill, ComparisonTiming
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.erasure import Erasure
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.missed_media import MissedMedia
from sms_service.use_cases.number_statuses import NumberStatuses
from sms_service.use_cases.phone_numbers import PhoneNumbers
from sms_service.use_cases.refused_texts import RefusedTexts
from sms_service.use_cases.rotation import Rotation
from sms_service.use_cases.sending import Sending, SendTiming
from sms_service.use_cases.sending_line import SendingLine
from sms_service.use_cases.stopped_senders import StoppedSenders
from sms_service.use_cases.webhook_health import WebhooksHealth
from sms_service.use_cases.webhooks import Webhooks

# A number that was not compared for so long, and for so many rounds, is behind.
_SHORTEST_PATIENCE, _ROUNDS_MISSED = timedelta(minutes=5), 5


class SmsService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: SmsServiceSettings, shared: Client | None = None, clock: Clock = utc_now) -> None:
        """A `shared` client of MongoDB, for several services in one process, stays open."""
        self._settings, self._clock = settings, clock
        self._check_after = timedelta(seconds=settings.delivery_check_seconds)
        self._store = MongoStore(settings.mongodb_uri, settings.mongodb_database, self._check_after, shared)
        certificates = CertificateFolder(settings.tls_dir)
        self._channel = open_channel(settings.credentials_service, "credentials_service", certificates)
        self._ticket_channel = open_channel(settings.ticket_service, "ticket_service", certificates)
        self._http = TwilioHttp(settings.twilio_timeout_seconds, clock)
        self._download = MediaDownload(
            MediaAddresses(settings.twilio_api_url, host_patterns(settings.twilio_media_hosts)),
            settings.media_max_bytes,
            settings.twilio_timeout_seconds,
        )
        agents = remembered(AgentClient(self._ticket_channel).require)
        names, checks = ("keva.sms.v1.SmsService",), CallerChecks(settings.policy, require_agent=agents)
        self.server = server.GrpcServer(names, certificates, checks, settings.reflection, as_keva_error)
        servicer = self._build(AttestedVerdicts(Signer(certificates)))
        sms_service_pb2_grpc.add_SmsServiceServicer_to_server(servicer, self.server.grpc)

    def _build(self, verdicts: AttestedVerdicts) -> SmsServicer:
        settings, store, clock = self._settings, self._store, self._clock
        keeper, tickets = CredentialsClient(self._channel), TicketClient(self._ticket_channel)
        trail, credentials = AuditClient(self._ticket_channel), CredentialsCache(keeper)
        twilio = _twilio(settings, self._http)
        numbers = TwilioPhoneNumbers(twilio, settings.twilio_api_url, settings.public_url)
        stopped = StoppedSenders(store.stopped_senders, clock)
        self._count = StoppedSendersCount(stopped)
        line = SendingLine(store.sending_line, twilio)
        self._sending = Sending(twilio, credentials, store.deliveries, stopped, line, clock, _send_timing(settings))
        self._checks = DeliveryChecks(store.deliveries, twilio, credentials, stopped, tickets, clock, self._check_after)
        self._media = MediaFetcher(store.media, self._download, credentials, tickets, clock)
        media = MediaQueue(store.media, clock, self._media.wake)
        backfill = Backfill(
            twilio,
            credentials,
            store.backfills,
            tickets,
            MissedMedia(twilio, media),
            RefusedTexts(store.backfills, trail, clock),
            clock,
            _comparison_timing(settings),
        )
        interval = timedelta(seconds=settings.backfill_interval_seconds)
        statuses = NumberStatuses(store.backfills, max(_SHORTEST_PATIENCE, _ROUNDS_MISSED * interval))
        self._backfill = BackfillLoop(backfill, statuses, tickets, clock, interval)
        health = WebhooksHealth(store.webhook_health, clock)
        self._health = WebhookHealthNotes(health)
        reader = TwilioWebhooks(settings.default_region)
        use_cases = UseCases(
            Webhooks(reader, credentials, store.deliveries, stopped, media, health),
            self._sending,
            Accounts(twilio, keeper, credentials, stopped),
            Rotation(twilio, keeper, credentials, stopped),
            PhoneNumbers(numbers, credentials, trail, clock, settings.default_region),
            backfill,
            statuses,
            media,
            Erasure(store.deliveries, store.media, clock, self._media.lease),
            health,
        )
        return SmsServicer(use_cases, verdicts, settings.default_region)

    def _loops(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        loops = (self._backfill, self._checks, self._count, self._media, self._health)
        return (*(loop.run for loop in loops), self._store.tidy)

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        settings = self._settings
        try:
            await server.serve(
                self.server,
                server.Listeners(settings.grpc_listen, settings.health_listen),
                self._store.prepare,
                as_keva_error,
                self._loops(),
                drain_seconds=settings.drain_seconds,
                stopped=stopped,
            )
        finally:
            await self._sending.finish(settings.twilio_timeout_seconds)
            await self._http.close()
            await self._download.close()
            await self._channel.close()
            await self._ticket_channel.close()
            self._store.close()


def _twilio(settings: SmsServiceSettings, http: TwilioHttp) -> Twilio:
    where = settings.twilio_api_url, http, settings.public_url, settings.twilio_messaging_url
    return Twilio(*where, settings.default_region)


def _send_timing(settings: SmsServiceSettings) -> SendTiming:
    lease, settle = settings.send_lease_seconds, settings.send_settle_seconds
    return SendTiming(timedelta(seconds=lease), timedelta(seconds=settle))


def _comparison_timing(settings: SmsServiceSettings) -> ComparisonTiming:
    grace, overlap = settings.backfill_grace_seconds, settings.backfill_overlap_seconds
    return ComparisonTiming(timedelta(seconds=grace), timedelta(seconds=overlap))


async def _run(settings: SmsServiceSettings) -> None:
    await SmsService(settings).run()


def main() -> None:
    """The process."""
    settings = load(SmsServiceSettings)
    logs.configure("sms_service", settings.log_level)
    try:
        with metrics.served(settings.metrics_listen):
            event_loop.run(_run(settings))
    except CannotListen as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
