"""The AI's turns of a replica by themselves, beside the desk that has them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.clock import utc_now
from tests.identities import channel_to
from tests.ticket_service.audit_keys import AUDIT_KEYS
from tests.ticket_service.responder_peer import ResponderServer
from ticket_service.background.ai_turns import AiTurns, TurnRules
from ticket_service.domain.ai_turn import Patience
from ticket_service.mongo.store import MongoStore
from ticket_service.rpc.responder.responder_client import ResponderClient
from ticket_service.use_cases.ai.ai_answers import AiAnswers
from ticket_service.use_cases.ai.conversations import Conversations

# Of rules, and of whether it gives way.
TurnsOf = Callable[[TurnRules, Callable[[], bool]], AiTurns]


@pytest.fixture
async def turns_of(mongod: Mongod, database: str, responder_server: ResponderServer) -> AsyncIterator[TurnsOf]:
    """Makes the turns of a replica, with rules of its own."""
    store = MongoStore(mongod.uri, database, AUDIT_KEYS)
    channel = channel_to("responder_service", responder_server.address, "ticket_service")
    responder = ResponderClient(channel, 20)
    conversations = Conversations(store.messages, store.workspaces, store.channels)
    counts = store.reply_counts
    answers = AiAnswers(store.tickets, conversations, store.customers, counts, responder, utc_now, lambda: None)
    yield partial(AiTurns, store.ai_turns, answers, utc_now, Patience())
    await channel.close()
    store.close()


@asynccontextmanager
async def running(*turns: AiTurns) -> AsyncIterator[None]:
    """While they run."""
    running = [asyncio.create_task(each.run()) for each in turns]
    yield
    for task in running:
        task.cancel()
    await asyncio.wait(running)
