"""sms_service over real gRPC, with a real mongod, the real credentials_service, and the simulator as a process."""

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import grpc
import pytest
import pytest_asyncio

from credentials_service.__main__ import CredentialsService
from credentials_service.settings import CredentialsServiceSettings
from dev.forking.client import ForkServer
from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import http_ok
from dev.twilio_simulator.client import SimulatorClient
from dev.twilio_simulator.control.connection import CONTROL_SETTING
from dev.twilio_simulator.rest.media import MEDIA_HOST
from dev.twilio_simulator.signature import Parameters, sign
from keva.credentials.v1 import credentials_service_pb2_grpc
from keva.sms.v1 import sms_service_pb2 as pb
from keva.sms.v1 import sms_service_pb2_grpc
from servicekit.clock import Clock, utc_now
from servicekit.rpc.statuses_to_errors import as_keva_error
from sms_service.__main__ import SmsService
from sms_service.settings import SmsServiceSettings
from tests.identities import channel_to, policy_file, tls_dir
from tests.mongo_clients import client_of_services
from tests.sms_service.ticket_peer import TicketPeer
from tests.ticket_service.peer_server import PeerServer

PUBLIC_URL = "https://sms.keva.example"
ORGANIZATION = "default"
TIMEOUT_SECONDS, LEASE_SECONDS = 0.7, 2.5
FAST_BY = timedelta(minutes=20)


@pytest_asyncio.fixture(scope="session")
async def simulator(forks: ForkServer) -> AsyncIterator[SimulatorClient]:
    """Twilio, one for all tests: each has accounts of its own."""
    port = free_port()
    command = [sys.executable, "-m", "dev.twilio_simulator", "--port", str(port), "--pace", "5"]
    token = secrets.token_hex(16)
    environment = {**os.environ, CONTROL_SETTING: token}
    process = await forks.start("twilio_simulator", command, environment, lambda _, __: None)
    url = f"http://127.0.0.1:{port}"
    await asyncio.wait_for(http_ok(f"{url}/control/health"), 90)
    async with SimulatorClient(url, token) as client:
        yield client
    await process.stop()


@dataclass
class Sms:
    """A running sms_service, and a Twilio account of this test's own."""

    stub: "sms_service_pb2_grpc.SmsServiceAsyncStub"
    credentials: "credentials_service_pb2_grpc.CredentialsServiceAsyncStub"
    simulator: SimulatorClient
    account_sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    number: str = field(default_factory=lambda: f"+1555{secrets.randbelow(8_000_000) + 2_000_000}")
    customer: str = field(default_factory=lambda: f"+1555{secrets.randbelow(8_000_000) + 2_000_000}")

    async def connect(self, auth_token: str | None = None, organization_id: str = ORGANIZATION) -> pb.TwilioAccount:
        """Connects the account."""
        request = pb.ConnectTwilioAccountRequest(
            organization_id=organization_id, account_sid=self.account_sid, auth_token=auth_token or self.auth_token
        )
        return (await self.stub.ConnectTwilioAccount(request, timeout=90)).account

    async def send(self, message_id: str, text: str = "hi", **fields: Any) -> Any:
        """Sends a reply."""
        request = pb.SendMessageRequest(
            **{
                "organization_id": ORGANIZATION,
                "workspace_id": "default",
                "message_id": message_id,
                "account_sid": self.account_sid,
                "from_address": self.number,
                "to_address": self.customer,
                "text": text,
                **fields,
            }
        )
        return (await self.stub.SendMessage(request, timeout=90)).update

    async def sent(self, count: int) -> list[str]:
        """The texts that Twilio has for the customer, once there are `count`."""
        found = await self.simulator.wait_for_messages(
            count, account_sid=self.account_sid, from_=self.number, to=self.customer
        )
        return [message.body for message in found]

    def webhook(self, path: str = "/api/webhooks/twilio", token: str | None = None, **values: str) -> pb.Webhook:
        """A webhook of this account, signed."""
        parameters: Parameters = list({"AccountSid": self.account_sid, **values}.items())
        url = PUBLIC_URL + path
        return pb.Webhook(
            url=url,
            signature=sign(url, parameters, token or self.auth_token),
            parameters=[pb.Parameter(name=name, value=value) for name, value in parameters],
        )

    async def inbound(self, *webhooks: pb.Webhook) -> list[pb.InboundVerdict]:
        """The verdicts on inbound webhooks."""
        return list(
            (await self.stub.VerifyInboundMessages(pb.VerifyInboundMessagesRequest(webhooks=webhooks))).verdicts
        )

    async def media_urls(self, message_sid: str) -> list[str]:
        """Where Twilio has the attachments of a text, as its webhook would say."""
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message_sid}/Media.json"
        headers = {"Authorization": aiohttp.encode_basic_auth(self.account_sid, self.auth_token)}
        async with (
            aiohttp.ClientSession() as http,
            http.get(self.simulator.base_url + path, headers=headers) as answer,
        ):
            found = (await answer.json())["media_list"]
        return [self.simulator.base_url + media["uri"].removesuffix(".json") for media in found]

    async def callbacks(self, *callbacks: pb.Webhook) -> list[pb.DeliveryVerdict]:
        """The verdicts on status callbacks."""
        request = pb.VerifyDeliveryCallbacksRequest(callbacks=callbacks)
        return list((await self.stub.VerifyDeliveryCallbacks(request)).verdicts)


@pytest_asyncio.fixture
async def credentials_address(mongod: Mongod, database: str, tmp_path: Path) -> AsyncIterator[str]:
    """A running credentials_service. Its audit records find nobody, and wait."""
    (tmp_path / "key-1").write_text(base64.b64encode(os.urandom(32)).decode())
    settings = CredentialsServiceSettings(
        grpc_listen="127.0.0.1:0",
        mongodb_uri=mongod.uri,
        mongodb_database=f"{database}_credentials",
        key_ring_dir=tmp_path,
        health_listen="127.0.0.1:0",
        tls_dir=tls_dir("credentials_service"),
        rpc_policy_file=policy_file(),
        ticket_service=f"127.0.0.1:{free_port()}",
        drain_seconds=0,
    )
    service, stopped = CredentialsService(settings, client_of_services(mongod.uri)), asyncio.Event()
    running = asyncio.create_task(service.run(stopped))
    await asyncio.wait_for(service.server.ready.wait(), 90)
    yield f"127.0.0.1:{service.server.port}"
    stopped.set()
    await running


@pytest_asyncio.fixture
async def tickets() -> AsyncIterator[TicketPeer]:
    """ticket_service, as far as it is needed here."""
    peer = TicketPeer()  # type: ignore[abstract]
    server = PeerServer(peer, TicketPeer.add_to, "ticket_service")
    await server.start()
    peer.address = server.address
    yield peer
    await server.stop()


@pytest.fixture
def sms_settings() -> dict[str, Any]:
    """What a file's tests tell the service beyond what all do. Here: a ticket_service that nobody needs."""
    return {"ticket_service": f"127.0.0.1:{free_port()}"}


@pytest.fixture
def all_sms_settings(
    mongod: Mongod,
    database: str,
    simulator: SimulatorClient,
    credentials_address: str,
    sms_settings: dict[str, Any],
) -> SmsServiceSettings:
    """The settings of every replica of a test."""
    return SmsServiceSettings(
        grpc_listen="127.0.0.1:0",
        mongodb_uri=mongod.uri,
        mongodb_database=database,
        credentials_service=credentials_address,
        public_url=PUBLIC_URL,
        health_listen="127.0.0.1:0",
        tls_dir=tls_dir("sms_service"),
        rpc_policy_file=policy_file(),
        twilio_api_url=simulator.base_url,
        twilio_messaging_url=simulator.base_url,
        twilio_media_hosts=MEDIA_HOST,
        twilio_timeout_seconds=TIMEOUT_SECONDS,
        send_lease_seconds=LEASE_SECONDS,
        send_settle_seconds=LEASE_SECONDS,
        drain_seconds=0,
        **sms_settings,
    )


@asynccontextmanager
async def running_sms(
    settings: SmsServiceSettings, credentials_address: str, simulator: SimulatorClient, clock: Clock = utc_now
) -> AsyncIterator[Sms]:
    """One replica, whose clock may be wrong, with an account that nobody knows yet."""
    service, stopped = SmsService(settings, client_of_services(settings.mongodb_uri), clock), asyncio.Event()
    running = asyncio.create_task(service.run(stopped))
    await asyncio.wait_for(service.server.ready.wait(), 90)
    channel = channel_to("sms_service", service.server.port)
    credentials = channel_to("credentials_service", credentials_address)
    yield Sms(
        sms_service_pb2_grpc.SmsServiceStub(channel),
        credentials_service_pb2_grpc.CredentialsServiceStub(credentials),
        simulator,
    )
    stopped.set()
    await running
    await channel.close()
    await credentials.close()


@pytest_asyncio.fixture
async def sms(
    request: pytest.FixtureRequest,
    simulator: SimulatorClient,
    credentials_address: str,
    all_sms_settings: SmsServiceSettings,
) -> AsyncIterator[Sms]:
    """The service with an account that Twilio knows, not connected yet. Indirect parameters replace settings."""
    settings = all_sms_settings.model_copy(update=getattr(request, "param", {}))
    async with running_sms(settings, credentials_address, simulator) as sms:
        await simulator.put_account(sms.account_sid, sms.auth_token, friendly_name="Desk")
        await simulator.put_number(sms.account_sid, sms.number, friendly_name="Main line")
        yield sms
        await simulator.clear_faults()


@pytest_asyncio.fixture
async def fast(
    simulator: SimulatorClient, credentials_address: str, all_sms_settings: SmsServiceSettings, sms: Sms
) -> AsyncIterator[Sms]:
    """Another replica beside `sms`, with the same account, whose clock is 20 minutes ahead."""
    clock = lambda: utc_now() + FAST_BY  # noqa: E731
    async with running_sms(all_sms_settings, credentials_address, simulator, clock) as other:
        yield replace(sms, stub=other.stub)


async def until_sent(sms: Sms, message_id: str, **fields: Any) -> Any:
    """Asks again, as the outbox does, until it is known to be sent."""
    async with asyncio.timeout(90):
        while True:
            try:
                return await sms.send(message_id, **fields)
            except grpc.aio.AioRpcError as error:
                if as_keva_error(error).reason not in ("SEND_IN_PROGRESS", "SEND_OUTCOME_UNKNOWN"):
                    raise
            await asyncio.sleep(0.05)
