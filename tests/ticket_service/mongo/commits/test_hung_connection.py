"""A connection that hangs while others go on: its command is given up, and the next one takes another connection."""

import asyncio

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.mongo.driver_errors import as_keva_error
from tests.servicekit.mongo.hanging_line import Line
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.desk import ACCOUNT, ORGANIZATION, OUR_NUMBER, Desk
from tests.ticket_service.mongo.conftest import NOW
from ticket_service.domain.ai_turn import Patience
from ticket_service.domain.ingest_plan import StoredText
from ticket_service.domain.message import InboundText
from ticket_service.mongo.store import MongoStore
from ticket_service.use_cases.ingest import Ingest


@pytest.mark.parametrize("command", [b"aggregate", b"insert", b"commitTransaction"])
async def test_what_comes_behind_a_hung_commit_is_stored(
    desk: Desk, mongod: Mongod, database: str, command: bytes
) -> None:
    await desk.subscribe("ANY_MESSAGE")
    async with Line(mongod.port).open() as line:
        store = MongoStore(f"mongodb://127.0.0.1:{line.port}/?directConnection=true", database, AUDIT_KEYS)
        ingest = Ingest(store.ingest, lambda: NOW, Patience())

        async def text(number: int) -> StoredText:
            sid = f"SM{number}"
            wanted = InboundText(ORGANIZATION, ACCOUNT, sid, f"+1555100000{number}", OUR_NUMBER, "hello")
            (stored,) = await ingest.ingest([wanted])
            assert isinstance(stored, StoredText)
            return stored

        await text(0)
        line.hanging = command

        try:
            await text(1)
        except Exception as error:
            known = as_keva_error(error)
            assert known is not None
            assert known.reason == "STORE_UNAVAILABLE"
        assert (await text(2)).message_id
        assert (await text(1)).message_id
        # It says goodbye over the line, which this loop carries.
        await asyncio.to_thread(store.close)
