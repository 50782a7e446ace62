"""A new key-encryption key from the first file to the last secret, while customers text and agents reply."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dev.local_stack.desk import Desk, RunningStack, new_number
from keva.credentials.v1 import credentials_service_pb2
from keva.ticket.v1 import audit_service_pb2, message_pb2
from tests.e2e.conftest import StartStack
from tests.keva_command import keva_command

ROOT = Path(__file__).parents[3]
_CUSTOMERS = 2


@dataclass
class _Load:
    """What has become of the texts, and the replies that were taken."""

    answers: list[int] = field(default_factory=list)
    replies: list[message_pb2.Message] = field(default_factory=list)

    async def more(self, count: int) -> None:
        """Waits until so many more texts have been answered, and one more reply taken."""
        texts, replies = len(self.answers) + count, len(self.replies) + 1
        async with asyncio.timeout(90):
            while len(self.answers) < texts or len(self.replies) < replies:  # noqa: ASYNC110 - counted by several tasks
                await asyncio.sleep(0.02)


@asynccontextmanager
async def _texts_and_replies(desk: Desk) -> AsyncIterator[_Load]:
    load, over = _Load(), asyncio.Event()

    async def texts() -> None:
        customer = new_number()
        while not over.is_set():
            load.answers.append((await desk.post({"From": customer})).status)
            await asyncio.sleep(0.03)

    async def replies() -> None:
        ticket = await desk.ticket(desk.customer)
        while not over.is_set():
            load.replies.append(await desk.reply(ticket, f"number {len(load.replies)}"))
            await asyncio.sleep(0.3)

    await desk.post({})
    async with asyncio.TaskGroup() as everybody:
        everybody.create_task(replies())
        for _ in range(_CUSTOMERS):
            everybody.create_task(texts())
        yield load
        over.set()


async def _keva(folder: Path, *arguments: str) -> str:
    """What `keva` prints; it has to succeed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *keva_command(*arguments),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_keys_are_rotated_and_the_old_one_removed_under_load_and_nothing_fails(start_stack: StartStack) -> None:
    quick = {"credentials_service": {"KEVA_KEY_RING_POLL_SECONDS": "0.5"}}
    async with start_stack(replicas={"credentials_service": 2}, settings=quick) as running:
        await _rotate_under_load(running)


async def _rotate_under_load(running: RunningStack) -> None:
    stack, folder = running.stack, running.stack.state.path.parent
    old_key = stack.state.keys / stack.state.active_key.read_text().strip()
    desks = [await running.open_desk(segments_per_second=1000) for _ in range(3)]
    async with _texts_and_replies(desks[0]) as load:
        await load.more(20)
        (stack.state.keys / "key-2").write_text(base64.b64encode(os.urandom(32)).decode())
        await _until(running, credentials_service_pb2.Key(key_id="key-2", replicas=2))
        stack.state.active_key.write_text("key-2\n")
        await _until(running, credentials_service_pb2.Key(key_id=old_key.name, secrets=3, replicas=2))
        rotated = await _keva(folder, "keys", "rotate")
        await load.more(20)
        old_key.unlink()
        for name in stack.layout.names("credentials_service"):
            await stack.restart(name)
            await load.more(20)

    assert "Secrets wrapped with key-2 now: 3." in rotated
    assert f"{old_key.name} wraps nothing: its file can be removed" in rotated
    assert set(load.answers) == {200}
    for reply in load.replies:
        await desks[0].until_delivery(reply)
    assert len(await desks[0].sent(len(load.replies))) == len(load.replies)
    # Its cache goes too: every token is decrypted again, with the new key alone.
    await stack.restart("sms_service")
    for desk in desks:
        assert (await desk.post({})).status == 200
    trail = audit_service_pb2.ListAuditRecordsRequest(organization_id="default", action="keys.rotated")
    (record,) = (await running.clients.audit.ListAuditRecords(trail)).audit_records
    assert (record.subject_id, record.details["secrets"]) == ("key-2", "3")


async def _until(running: RunningStack, key: credentials_service_pb2.Key) -> None:
    request = credentials_service_pb2.ListKeysRequest()
    async with asyncio.timeout(90):
        while key not in (await running.clients.credentials.ListKeys(request)).keys:  # noqa: ASYNC110 - polled
            await asyncio.sleep(0.1)
