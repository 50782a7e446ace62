"""`python -m responder_service` as an operator runs it."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from dev.forking.client import ForkServer
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from dev.local_stack.readiness import grpc_serving
from dev.model_simulator.client import ModelSimulatorClient
from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from tests.identities import channel_to, environment_of, tls_dir

COMMAND = [sys.executable, "-m", "responder_service"]
KEY = "key-that-nobody-may-see"


def _environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KEVA_")}
    return {**inherited, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **settings}


async def test_it_serves_and_tells_of_drafts_without_a_word_of_them(
    knowledge_base: Path, simulator: ModelSimulatorClient
) -> None:
    port, lines = free_port(), list[str]()
    settings = {
        "KEVA_GRPC_LISTEN": f"127.0.0.1:{port}",
        "KEVA_KNOWLEDGE_BASE_DIR": str(knowledge_base),
        "KEVA_AI_BASE_URL": simulator.api_url,
        "KEVA_AI_MODEL": "simulated-model",
        "KEVA_AI_API_KEY": KEY,
        "KEVA_LOG_LEVEL": "DEBUG",
        "KEVA_DRAIN_SECONDS": "1",
        **environment_of("responder_service"),
    }
    # Not forked, so that all packages are imported with these settings.
    process = await ChildProcess.start(
        "responder_service", COMMAND, _environment(**settings), lambda _, line: lines.append(line)
    )
    await asyncio.wait_for(grpc_serving(f"127.0.0.1:{port}", "responder_service", tls_dir("operator")), 90)
    asked = [pb.ConversationMessage(role=pb.CONVERSATION_ROLE_CUSTOMER, text="Do you ship to Canada, says Zebedee?")]
    request = pb.DraftReplyRequest(organization_id="default", workspace_id="default", ticket_id="tkt_7", messages=asked)

    async with channel_to("responder_service", port) as channel:
        response = await responder_service_pb2_grpc.ResponderServiceStub(channel).DraftReply(request, timeout=90)

    assert await process.stop() == 0
    told = [json.loads(line) for line in lines]
    [drafted] = [line for line in told if line["event"] == "drafted"]
    assert response.draft.text == "We ship to Canada for $18."
    assert (drafted["ticket_id"], drafted["decision"], drafted["mode"]) == ("tkt_7", "DRAFT", "MODEL")
    assert set(drafted["articles"]) == {"shipping"}
    assert drafted["milliseconds"] >= 0
    assert drafted["input_tokens"] > 100
    assert not [line for line in lines if KEY in line or "Zebedee" in line or "ship to Canada" in line]


async def test_folders_that_are_not_there_end_it(tmp_path: Path, forks: ForkServer) -> None:
    lines: list[str] = []
    settings = {"KEVA_GRPC_LISTEN": "127.0.0.1:0", "KEVA_KNOWLEDGE_BASE_DIR": str(tmp_path / "nowhere")}
    settings |= environment_of("responder_service")
    process = await forks.start(
        "responder_service", COMMAND, _environment(**settings), lambda _, line: lines.append(line)
    )

    assert await asyncio.wait_for(process.exited, 90) == 1
    assert "FileNotFoundError" in "\n".join(lines)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        pytest.param({}, "KEVA_KNOWLEDGE_BASE_DIR: must be set", id="nothing is set"),
        pytest.param({"KEVA_AI_MODEL": "m"}, "KEVA_AI_BASE_URL and KEVA_AI_MODEL", id="a model without its endpoint"),
        pytest.param(
            {"KEVA_AI_BASE_URL": "http://127.0.0.1:1/v1"},
            "KEVA_AI_BASE_URL and KEVA_AI_MODEL",
            id="an endpoint without a model",
        ),
        pytest.param({"KEVA_AI_API_KEY": KEY}, "KEVA_AI_API_KEY is set without", id="a key without its endpoint"),
        pytest.param({"KEVA_AI_RESPONSE_FORMAT": "xml"}, "KEVA_AI_RESPONSE_FORMAT", id="an unknown format"),
    ],
)
async def test_wrong_settings_are_named(
    settings: dict[str, str], complaint: str, tmp_path: Path, forks: ForkServer
) -> None:
    lines: list[str] = []
    usual = {"KEVA_KNOWLEDGE_BASE_DIR": str(tmp_path), **environment_of("responder_service")}
    given = {**usual, **settings} if settings else {}
    process = await forks.start("responder_service", COMMAND, _environment(**given), lambda _, line: lines.append(line))

    assert await asyncio.wait_for(process.exited, 90) == 2
    assert complaint in "\n".join(lines)
    assert KEY not in "\n".join(lines)
