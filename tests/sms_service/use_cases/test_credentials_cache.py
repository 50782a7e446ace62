"""What is asked of credentials_service, and how often; over real gRPC, with a clock of the test's own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from dev.local_stack.mongod import Mongod
from dev.twilio_simulator.signature import sign
from keva.credentials.v1 import credentials_service_pb2 as pb
from keva.credentials.v1 import credentials_service_pb2_grpc
from servicekit.clock import utc_now
from servicekit.errors import NotFound, Unavailable
from servicekit.limits import CALL_SECONDS
from servicekit.secret import Secret
from sms_service.domain.credential import Credential
from sms_service.domain.webhook import Webhook, WebhookRefused
from sms_service.mongo.store import MongoStore
from sms_service.rpc.credentials_client import CredentialsClient
from sms_service.twilio.webhooks import TwilioWebhooks
from sms_service.use_cases import credentials_cache, webhooks
from sms_service.use_cases.credentials_cache import CredentialsCache
from sms_service.use_cases.media import MediaQueue
from sms_service.use_cases.stopped_senders import StoppedSenders
from sms_service.use_cases.webhook_health import WebhooksHealth
from sms_service.use_cases.webhooks import VerifiedMessage, Webhooks
from tests.identities import channel_to
from tests.identities import server as make_server

ACCOUNT = "AC" + "1" * 32
STRANGER = "AC" + "f" * 32


class Peer(credentials_service_pb2_grpc.CredentialsServiceServicer):
    """Stands for credentials_service: has the tokens that it is given, counts who asks, and may be down or slow."""

    def __init__(self) -> None:
        self.tokens = {ACCOUNT: ["first"]}
        self.asked: Counter[str] = Counter()
        self.down = False
        self.reason = "STORE_UNAVAILABLE"
        self.arrived, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def AccessCredential(self, request: Any, context: Any) -> pb.AccessCredentialResponse:
        self.asked[request.account_sid] += 1
        self.arrived.set()
        await self.go.wait()
        if self.down:
            raise Unavailable(self.reason, "down")
        if request.account_sid not in self.tokens:
            raise NotFound("CREDENTIAL_NOT_FOUND", "no such credential")
        tokens = [pb.AuthToken(version=1, auth_token=token) for token in self.tokens[request.account_sid]]
        return pb.AccessCredentialResponse(credential=pb.Credential(organization_id="default"), auth_tokens=tokens)


@dataclass
class Known:
    """The cache, its peer, and the time."""

    peer: Peer
    cache: CredentialsCache = field(init=False)
    seconds: float = 1000.0

    async def token(self, account_sid: str = ACCOUNT) -> str | None:
        """The account's newest token, if it is connected."""
        found = await self.cache.find(account_sid)
        return found.auth_tokens[0].reveal() if found else None

    @property
    def asked(self) -> int:
        """How often the peer was asked for the account. Retries of a call that failed count too."""
        return self.peer.asked[ACCOUNT]


@pytest_asyncio.fixture
async def known() -> AsyncIterator[Known]:
    """A cache that is empty."""
    peer = Peer()  # type: ignore[abstract]
    server = make_server("credentials_service")
    credentials_service_pb2_grpc.add_CredentialsServiceServicer_to_server(peer, server.grpc)
    channel = channel_to("credentials_service", await server.start("127.0.0.1:0"), "sms_service", CALL_SECONDS)
    known = Known(peer)
    known.cache = CredentialsCache(CredentialsClient(channel), lambda: known.seconds)
    yield known
    peer.go.set()
    await channel.close()
    await server.drain(0)


async def test_account_is_asked_for_once_in_thirty_seconds(known: Known) -> None:
    assert await known.token() == "first"
    known.peer.tokens[ACCOUNT] = ["second"]

    known.seconds += 29.9
    assert (await known.token(), known.asked) == ("first", 1)
    known.seconds += 0.2
    assert (await known.token(), known.asked) == ("second", 2)


async def test_account_that_is_not_connected_is_asked_for_once_in_five_seconds(known: Known) -> None:
    assert [await known.token(STRANGER) for _ in range(10)] == [None] * 10
    assert known.peer.asked[STRANGER] == 1
    known.peer.tokens[STRANGER] = ["new"]

    known.seconds += 5.1

    assert await known.token(STRANGER) == "new"


async def test_many_at_once_ask_once(known: Known) -> None:
    known.peer.go.clear()
    asking = [asyncio.create_task(known.token()) for _ in range(50)]
    await known.peer.arrived.wait()
    known.peer.go.set()

    assert await asyncio.gather(*asking) == ["first"] * 50
    assert known.asked == 1


async def test_caller_that_gives_up_does_not_take_the_answer_from_others(known: Known) -> None:
    known.peer.go.clear()
    impatient, patient = asyncio.create_task(known.token()), asyncio.create_task(known.token())
    await known.peer.arrived.wait()
    impatient.cancel()
    known.peer.go.set()

    assert await patient == "first"


async def test_rotated_token_is_found_at_once_and_a_flood_of_wrong_signatures_is_no_flood_of_questions(
    known: Known,
) -> None:
    before = await known.cache.find(ACCOUNT)
    assert before is not None
    for _ in range(100):
        assert await known.cache.find_newer(ACCOUNT, before) is None
    assert known.asked == 2
    known.peer.tokens[ACCOUNT] = ["second", "first"]
    known.seconds += 2.1

    found = await asyncio.gather(*(known.cache.find_newer(ACCOUNT, before) for _ in range(100)))

    assert [credential and credential.auth_tokens for credential in found] == [
        (Secret("second"), Secret("first"))
    ] * 100
    assert known.asked == 3


async def test_a_token_that_is_new_since_a_moment_ago_is_found_at_once(known: Known) -> None:
    before = await known.cache.find(ACCOUNT)
    assert before is not None
    known.peer.tokens[ACCOUNT] = ["second", "first"]

    newer = await known.cache.find_newer(ACCOUNT, before)

    assert newer is not None
    assert newer.auth_tokens == (Secret("second"), Secret("first"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [("STORE_UNAVAILABLE", "CREDENTIALS_STORE_UNAVAILABLE"), ("OVERLOADED", "CREDENTIALS_SERVICE_UNAVAILABLE")],
)
async def test_old_entry_serves_for_ten_minutes_while_nobody_answers(known: Known, reason: str, said: str) -> None:
    await known.token()
    known.peer.down, known.peer.reason = True, reason

    known.seconds += 599
    assert await known.token() == "first"
    known.seconds += 2
    for _ in range(2):
        with pytest.raises(Unavailable) as failed:
            await known.token()
        assert failed.value.reason == said


async def test_nobody_waits_again_for_a_peer_that_has_just_failed(known: Known) -> None:
    """A peer that hangs costs its time limit: once in two seconds, and not for each webhook."""
    before = await known.cache.find(ACCOUNT)
    assert before is not None
    known.peer.down = True
    known.seconds += 60
    await known.token()
    asked = known.asked

    for _ in range(10):
        assert await known.token() == "first"
        assert await known.cache.find_newer(ACCOUNT, before) is None
    assert known.asked == asked

    known.peer.down, known.peer.tokens[ACCOUNT] = False, ["second"]
    known.seconds += 2.1
    assert await known.token() == "second"


async def test_an_account_that_is_not_known_is_nobodys_wait_while_the_peer_hangs(known: Known) -> None:
    """Its webhook shares a call with those of accounts that are known."""
    known.peer.go.clear()
    with pytest.raises(Unavailable):
        await known.cache.find(STRANGER, seconds=0.01)
    known.peer.go.set()
    known.peer.down = True
    with pytest.raises(Unavailable):
        await known.token(STRANGER)
    asked = known.peer.asked.total()

    for number in range(10):
        with pytest.raises(Unavailable):
            await known.token(f"AC{number:032x}")
    assert known.peer.asked.total() == asked

    known.peer.down = False
    known.seconds += 2.1
    assert await known.token(STRANGER) is None


@pytest.mark.parametrize("age", [pytest.param(0, id="fresh"), pytest.param(60, id="stale")])
async def test_a_wrong_signature_is_not_its_neighbours_wait_while_the_peer_hangs(
    known: Known, mongod: Mongod, database: str, monkeypatch: pytest.MonkeyPatch, age: float
) -> None:
    """A call of the peer's ends after seconds; then nobody would know better, and the signature would be wrong."""
    monkeypatch.setattr(webhooks, "_SECONDS_FOR_AN_ACCOUNT", 0.05)
    await known.token()
    known.seconds += age
    known.peer.go.clear()
    store = MongoStore(mongod.uri, database)
    verifying = Webhooks(
        TwilioWebhooks("US"),
        known.cache,
        store.deliveries,
        StoppedSenders(store.stopped_senders, utc_now),
        MediaQueue(store.media, utc_now, lambda: None),
        WebhooksHealth(store.webhook_health, utc_now),
    )

    wrong, genuine = await verifying.verify_inbound([_text("wrong"), _text("first")])
    store.close()

    assert isinstance(genuine, VerifiedMessage)
    assert isinstance(wrong, WebhookRefused)
    assert wrong.reason == "CREDENTIALS_SERVICE_UNAVAILABLE"


def _text(token: str) -> Webhook:
    """The webhook of a text, signed with the token."""
    url = "https://sms.keva.example/api/webhooks/twilio"
    named = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "1" * 32, "From": "+12065550100", "To": "+12065550101"}
    return Webhook(url, sign(url, named.items(), token), tuple(named.items()))


async def test_unknown_account_is_not_taken_for_a_stranger_while_nobody_answers(known: Known) -> None:
    assert await known.token(STRANGER) is None
    known.peer.down = True
    known.seconds += 6

    with pytest.raises(Unavailable):
        await known.token(STRANGER)


async def test_forgotten_account_is_asked_for_again_and_an_older_answer_is_dropped(known: Known) -> None:
    known.peer.go.clear()
    asking = asyncio.create_task(known.token())
    await known.peer.arrived.wait()
    known.cache.forget(ACCOUNT)
    known.peer.go.set()
    await asking
    known.peer.tokens[ACCOUNT] = ["second"]

    assert await known.token() == "second"


@pytest.mark.parametrize("connected", [True, False])
async def test_memory_is_bounded(known: Known, monkeypatch: pytest.MonkeyPatch, connected: bool) -> None:
    monkeypatch.setattr(credentials_cache, "_MOST_UNKNOWN", 3)
    monkeypatch.setattr(credentials_cache, "_MOST_CONNECTED", 3)
    accounts = [f"AC{i:032x}" for i in range(5)]
    if connected:
        known.peer.tokens |= {account_sid: ["token"] for account_sid in accounts}
    for account_sid in accounts:
        await known.token(account_sid)

    asked = known.peer.asked.total()
    await known.token(accounts[-1])
    assert known.peer.asked.total() == asked
    await known.token(accounts[0])
    assert known.peer.asked.total() == asked + 1


async def test_invented_accounts_push_out_no_connected_one(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials_cache, "_MOST_UNKNOWN", 3)
    await known.token()

    for number in range(10):
        assert await known.token(f"AC{number:032x}") is None

    known.peer.down = True
    assert (await known.token(), known.asked) == ("first", 1)
    known.seconds += 599
    assert await known.token() == "first"


async def test_account_that_is_disconnected_and_connected_again_is_known_as_it_is(known: Known) -> None:
    await known.token()
    tokens = known.peer.tokens.pop(ACCOUNT)
    known.seconds += 31
    assert await known.token() is None
    known.peer.tokens[ACCOUNT] = tokens

    known.seconds += 6

    assert await known.token() == "first"


def test_tokens_never_print() -> None:
    assert "secret" not in repr(Credential("default", ACCOUNT, (Secret("secret"),)))
