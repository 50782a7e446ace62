"""responder_service over real gRPC, with a shop's articles in a folder, and the model simulator as a process."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import http_ok
from dev.model_simulator.client import ModelSimulatorClient
from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import ai_profile_pb2, hand_off_pb2
from responder_service.__main__ import ResponderService
from responder_service.settings import ResponderServiceSettings
from tests.identities import channel_to, policy_file, tls_dir
from tests.responder_service.written_articles import write_articles

ARTICLES = {
    "returns.md": """---
title: Returns
tags: [return, refund, send back]
---

# How to return
Q: how do I return boots?
Q: can I return something?

You can return unworn boots within 30 days for a full refund. Start at https://alderfinch.example/returns

# Sale items

Sale items cannot be returned.
""",
    "shipping.md": """---
title: Shipping
tags: [delivery, parcel]
---

# Costs

Standard shipping costs $6.50 and takes 3-5 business days.

# Canada
Q: do you ship to Canada?

We ship to Canada for $18.
""",
    "contact.md": """---
title: Contact
tags: [phone number, website, link]
---

You can call us at +1 206 555 0100 or visit our website https://alderfinch.example
""",
    "es/envios.md": """---
title: Envíos
tags: [envío, entrega]
language: es
---

# Costos
Q: ¿cuánto cuesta el envío?

El envío estándar cuesta $6.50 y tarda de 3 a 5 días hábiles.
""",
}
PROFILE = ai_profile_pb2.AiProfile(business_name="Alder & Finch", business_hours="Mon to Fri 9:00-17:00 Pacific")


@pytest.fixture(scope="session")
def knowledge_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all workspaces: one, named default."""
    return write_articles(tmp_path_factory.mktemp("knowledge_base"), ARTICLES)


@pytest.fixture(scope="session")
async def simulator_url(forks: ForkServer) -> AsyncIterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "dev.model_simulator", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await forks.start("model_simulator", command, environment, lambda _, __: None)
    url = f"http://127.0.0.1:{port}"
    await asyncio.wait_for(http_ok(f"{url}/control/health"), 90)
    yield url
    await process.stop()


@pytest.fixture
async def simulator(simulator_url: str) -> AsyncIterator[ModelSimulatorClient]:
    """The model, with nothing wrong yet."""
    async with ModelSimulatorClient(simulator_url) as client:
        await client.reset()
        yield client


def customer(*texts: str) -> list[pb.ConversationMessage]:
    """Texts of the customer's."""
    return [pb.ConversationMessage(role=pb.CONVERSATION_ROLE_CUSTOMER, text=text) for text in texts]


@dataclass
class Drafts:
    """A running responder_service."""

    stub: "responder_service_pb2_grpc.ResponderServiceAsyncStub"

    async def ask(self, *texts: str, **fields: Any) -> pb.DraftReplyResponse:
        """What the AI would answer to the texts. A draft takes far less than the deadline."""
        return await self.stub.DraftReply(request(*texts, **fields), timeout=90)

    async def reason(self, *texts: str, **fields: Any) -> tuple[str, str]:
        """The hand-off's reason and detail; empty for a draft."""
        return hand_off_of(await self.ask(*texts, **fields))


def request(*texts: str, **fields: Any) -> pb.DraftReplyRequest:
    """A conversation of these texts."""
    given = {"organization_id": "default", "workspace_id": "default", "ticket_id": "tkt_1", "profile": PROFILE}
    return pb.DraftReplyRequest(**{**given, "messages": customer(*texts), **fields})


def hand_off_of(response: pb.DraftReplyResponse) -> tuple[str, str]:
    """The hand-off's reason and detail; empty for a draft."""
    if not response.HasField("hand_off"):
        return "", ""
    name = hand_off_pb2.HandOffReason.Name(response.hand_off.reason)
    return name.removeprefix("HAND_OFF_REASON_"), response.hand_off.detail


StartResponder = Callable[..., Awaitable[Drafts]]


@pytest.fixture
async def start_responder(knowledge_base: Path) -> AsyncIterator[StartResponder]:
    """Starts a responder on the articles; settings may be given."""
    async with contextlib.AsyncExitStack() as started:

        async def start(**given: Any) -> Drafts:
            settings = {"grpc_listen": "127.0.0.1:0", "knowledge_base_dir": knowledge_base, "drain_seconds": 0} | {
                "health_listen": "127.0.0.1:0",
                "tls_dir": tls_dir("responder_service"),
                "rpc_policy_file": policy_file(),
            }
            service = ResponderService(ResponderServiceSettings(**{**settings, **given}))
            return await started.enter_async_context(_running(service))

        yield start


@contextlib.asynccontextmanager
async def _running(service: ResponderService) -> AsyncIterator[Drafts]:
    stopped = asyncio.Event()
    running = asyncio.create_task(service.run(stopped))
    await asyncio.wait_for(service.server.ready.wait(), 90)
    channel = channel_to("responder_service", service.server.port)
    yield Drafts(responder_service_pb2_grpc.ResponderServiceStub(channel))
    await channel.close()
    stopped.set()
    await running


@pytest.fixture
async def offline(start_responder: StartResponder) -> Drafts:
    """A responder without a model."""
    return await start_responder()


@pytest.fixture
async def responder(start_responder: StartResponder, simulator: ModelSimulatorClient) -> Drafts:
    """A responder with the simulator as its model."""
    return await start_responder(ai_base_url=simulator.api_url, ai_model="simulated-model", ai_timeout_seconds=5)
