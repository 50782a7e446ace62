"""The responder in docs/examples/node-responder, run by node and asked as ticket_service asks it. Needs Node.js and
`npm ci` in that folder."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import ai_profile_pb2, hand_off_pb2
from tests.identities import plain_channel, tls_dir

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "node-responder"
NODE = shutil.which("node")
PROFILE = ai_profile_pb2.AiProfile(business_hours="Mon to Sat 10:00-18:00 Pacific", hand_off_rules=["wholesale"])

pytestmark = pytest.mark.skipif(
    NODE is None or not (FOLDER / "node_modules").is_dir(), reason="needs Node.js, and npm ci in the example's folder"
)


@pytest_asyncio.fixture(scope="module")
async def process() -> AsyncIterator[tuple[Any, int]]:
    """The running example, and its port."""
    assert NODE is not None
    environment = {**os.environ, "LISTEN": "127.0.0.1:0", "TLS_DIR": str(tls_dir("responder_service"))}
    process = await asyncio.create_subprocess_exec(
        NODE, "server.mjs", cwd=FOLDER, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(90):
        port = (await process.stdout.readline()).split()[-1].decode()
    yield process, int(port)
    process.terminate()
    async with asyncio.timeout(90):
        assert await process.wait() == 0


@pytest_asyncio.fixture(scope="module")
async def channel(process: tuple[Any, int]) -> AsyncIterator[grpc.aio.Channel]:
    """To the running example, as ticket_service."""
    async with plain_channel("responder_service", process[1], caller="ticket_service") as opened:
        yield opened


async def draft(channel: grpc.aio.Channel, *texts: str, **fields: Any) -> pb.DraftReplyResponse:
    """What it says to a customer's texts."""
    messages = [pb.ConversationMessage(role=pb.CONVERSATION_ROLE_CUSTOMER, text=text) for text in texts]
    request = pb.DraftReplyRequest(**{"ticket_id": "tkt_1", "profile": PROFILE, "messages": messages, **fields})
    return await responder_service_pb2_grpc.ResponderServiceStub(channel).DraftReply(request, timeout=90)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["Hi, when are you open?"], id="one text"),
        pytest.param(["Hello", "what are your opening hours"], id="two texts that are one question"),
    ],
)
async def test_what_it_knows_is_answered_in_the_profiles_words(channel: grpc.aio.Channel, texts: list[str]) -> None:
    answer = await draft(channel, *texts)

    assert answer.draft.text == "Our hours: Mon to Sat 10:00-18:00 Pacific. Is there anything else we can help with?"


@pytest.mark.parametrize(
    ("texts", "fields", "reason"),
    [
        pytest.param(["Do you ship to Canada?"], {}, "NOT_KNOWN", id="another question"),
        pytest.param(["When are you open, and where is my refund?"], {}, "NOT_KNOWN", id="a question besides"),
        pytest.param(["Are you open? It is about wholesale"], {}, "WORKSPACE_RULE", id="a hand-off rule"),
        pytest.param(["Are you open?"], {"opted_out": True}, "OPTED_OUT", id="opted out"),
        pytest.param(["Are you open?"], {"profile": ai_profile_pb2.AiProfile()}, "NOT_KNOWN", id="no hours"),
        pytest.param(
            ["Are you open?"],
            {"profile": ai_profile_pb2.AiProfile(business_hours="x" * 300)},
            "DRAFT_REFUSED",
            id="long",
        ),
    ],
)
async def test_all_else_goes_to_a_person(
    channel: grpc.aio.Channel, texts: list[str], fields: dict[str, Any], reason: str
) -> None:
    answer = await draft(channel, *texts, **fields)

    assert hand_off_pb2.HandOffReason.Name(answer.hand_off.reason) == f"HAND_OFF_REASON_{reason}"


async def test_nobody_but_ticket_service_gets_drafts(process: tuple[Any, int]) -> None:
    async with plain_channel("responder_service", process[1], caller="gateway") as gateway:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await draft(gateway, "Are you open?")

    assert raised.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_nothing_to_answer_is_an_invalid_argument(channel: grpc.aio.Channel) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await draft(channel)

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_it_tells_its_health_and_not_what_it_runs_on(channel: grpc.aio.Channel) -> None:
    health = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=90)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await responder_service_pb2_grpc.ResponderServiceStub(channel).GetResponder(
            pb.GetResponderRequest(), timeout=90
        )

    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
