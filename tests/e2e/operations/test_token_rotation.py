"""An Auth Token is changed under load, and a SharedKey begins to sign: no webhook and no send fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dev.local_stack.desk import Desk, new_number
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import message_pb2
from tests.e2e.conftest import StartStack

ORGANIZATION = "default"
_CUSTOMERS = 4
# Steady, and no more than it takes to see a gap: how much can be taken is not the question here.
_PAUSE_SECONDS = 0.1


@dataclass
class _Load:
    """What the gateway answered Twilio, attempt by attempt, and the replies that were taken."""

    answers: list[int | None] = field(default_factory=list)
    replies: list[message_pb2.Message] = field(default_factory=list)

    async def more(self, count: int) -> None:
        """Waits until so many more texts have been answered, and a few more replies have been taken."""
        texts, replies = len(self.answers) + count, len(self.replies) + 3
        async with asyncio.timeout(90):
            while len(self.answers) < texts or len(self.replies) < replies:  # noqa: ASYNC110 - counted by several tasks
                await asyncio.sleep(0.02)


@asynccontextmanager
async def _texts_and_replies(desk: Desk) -> AsyncIterator[_Load]:
    """Twilio signs and sends the texts, as its account is at that moment."""
    load, over = _Load(), asyncio.Event()

    async def texts() -> None:
        customer = new_number()
        while not over.is_set():
            load.answers += [attempt.status for attempt in (await desk.text("hello", customer)).attempts]
            await asyncio.sleep(_PAUSE_SECONDS)

    async def replies() -> None:
        ticket = await desk.ticket(desk.customer)
        while not over.is_set():
            load.replies.append(await desk.reply(ticket, f"number {len(load.replies)}"))
            await asyncio.sleep(_PAUSE_SECONDS)

    await desk.text("hello")
    async with asyncio.TaskGroup() as everybody:
        everybody.create_task(replies())
        for _ in range(_CUSTOMERS):
            everybody.create_task(texts())
        yield load
        over.set()


async def _rotate(desk: Desk, step: pb.RotationStep.ValueType, token: str = "") -> pb.TwilioAccount:
    request = pb.RotateAuthTokenRequest(
        organization_id=ORGANIZATION, account_sid=desk.account.account_sid, step=step, auth_token=token
    )
    return (await desk.clients.sms.RotateAuthToken(request, timeout=90)).account


async def _sign_with_shared_key(desk: Desk) -> None:
    sid, key_id, secret = desk.account.account_sid, "webhooks_sharedkey_1", "5ec2e7" * 6
    request = pb.AddSharedKeyRequest(organization_id=ORGANIZATION, account_sid=sid, shared_key_id=key_id, secret=secret)
    await desk.clients.sms.AddSharedKey(request, timeout=90)
    await desk.simulator.sign_with_shared_key(sid, key_id, secret)


async def test_no_webhook_and_no_send_fails_while_what_twilio_signs_with_changes(start_stack: StartStack) -> None:
    async with start_stack(replicas={"sms_service": 2}) as running:
        desk = await running.open_desk(segments_per_second=100)
        sid = desk.account.account_sid
        async with _texts_and_replies(desk) as load:
            await load.more(10)
            new = await desk.simulator.create_secondary_token(sid)
            coming = await _rotate(desk, pb.ROTATION_STEP_ADD, new)
            await load.more(10)
            await desk.simulator.promote_secondary_token(sid)
            await load.more(20)
            done = await _rotate(desk, pb.ROTATION_STEP_PROMOTE)
            await load.more(10)
            await _sign_with_shared_key(desk)
            await load.more(10)

        assert (coming.next_auth_token_last_four, coming.HasField("rotation_start_time")) == (new[-4:], True)
        assert (done.auth_token_last_four, done.HasField("rotation_start_time")) == (new[-4:], False)
        assert set(load.answers) == {200}
        for reply in load.replies:
            await desk.until_delivery(reply)
        assert len(await desk.sent(len(load.replies))) == len(load.replies)
