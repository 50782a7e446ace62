"""Starts sms_service: reads settings, builds the objects, serves, drains."""

import asyncio
from datetime import timedelta

from keva.sms.v1 import sms_service_pb2_grpc
from servicekit import logs, server
from servicekit.channel import open_channel
from servicekit.clock import utc_now
from servicekit.mongodb import as_keva_error
from servicekit.settings import load
from sms_service.accounts import Accounts
from sms_service.credentials_cache import CredentialsCache
from sms_service.credentials_client import CredentialsClient
from sms_service.mongo_store import MongoStore
from sms_service.phone_number_setup import Addresses, PhoneNumberSetup
from sms_service.sender import Sender
from sms_service.servicer import SmsServicer
from sms_service.settings import SmsServiceSettings
from sms_service.twilio import Twilio
from sms_service.twilio_http import TwilioHttp
from sms_service.webhooks import Webhooks


class SmsService:
    """The whole service, built from its settings. Build it inside the running event loop."""

    def __init__(self, settings: SmsServiceSettings) -> None:
        self._settings = settings
        self._store = MongoStore(settings.mongodb_uri, settings.mongodb_database)
        self._channel = open_channel(settings.credentials_service, "sms_service")
        self._ticket_channel = open_channel(settings.ticket_service, "sms_service")
        self._http = TwilioHttp(settings.twilio_timeout_seconds)
        self.server = server.GrpcServer("sms_service", ("keva.sms.v1.SmsService",), settings.reflection, as_keva_error)
        sms_service_pb2_grpc.add_SmsServiceServicer_to_server(self._servicer(), self.server.grpc)

    def _servicer(self) -> SmsServicer:
        settings = self._settings
        client = CredentialsClient(self._channel)
        credentials = CredentialsCache(client)
        twilio = Twilio(settings.twilio_api_url, self._http, settings.twilio_messaging_url)
        lease = timedelta(seconds=settings.send_lease_seconds)
        return SmsServicer(
            Webhooks(credentials, self._store.deliveries, settings.default_region),
            Sender(twilio, credentials, self._store.deliveries, utc_now, settings.public_url, lease),
            Accounts(twilio, client, credentials),
            PhoneNumberSetup(
                twilio,
                credentials,
                settings.default_region,
                Addresses(settings.public_url, settings.twilio_api_url),
            ),
        )

    async def run(self, stopped: asyncio.Event | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until `stopped` is set."""
        settings = self._settings
        try:
            await server.serve(
                self.server,
                settings.grpc_listen,
                self._store.prepare,
                as_keva_error,
                drain_seconds=settings.drain_seconds,
                stopped=stopped,
            )
        finally:
            await self._http.close()
            await self._channel.close()
            await self._ticket_channel.close()
            self._store.close()


async def _run(settings: SmsServiceSettings) -> None:
    await SmsService(settings).run()


def main() -> None:
    """The process."""
    settings = load(SmsServiceSettings)
    logs.configure("sms_service", settings.log_level)
    asyncio.run(_run(settings))


if __name__ == "__main__":
    main()
