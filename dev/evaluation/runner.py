"""Asks a running responder_service, as a process of its own, about every case."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from dev.evaluation.cases import Case, Text
from dev.evaluation.grading import Grade, grade
from dev.evaluation.rules import Rules
from dev.local_stack import certificates
from dev.local_stack.layout import SAMPLE_KNOWLEDGE_BASE, base_environment, python_module
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess, Launch, Sink
from dev.local_stack.readiness import grpc_serving
from dev.local_stack.supervisor import Program, Supervisor
from keva.responder.v1 import responder_service_pb2 as pb
from keva.responder.v1 import responder_service_pb2_grpc
from keva.ticket.v1 import ai_profile_pb2
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel

WORKSPACE = "default"
ARTICLES = SAMPLE_KNOWLEDGE_BASE / WORKSPACE
CASES = Path(__file__).parents[2] / "tests" / "eval"
# As ticket_service waits, and as many at once as an endpoint should bear.
_SECONDS = 60
_AT_ONCE = 4


@asynccontextmanager
async def running_responder(
    sink: Sink, settings: Mapping[str, str], launch: Launch = ChildProcess.start
) -> "AsyncIterator[responder_service_pb2_grpc.ResponderServiceAsyncStub]":
    """A responder_service with the sample articles and `settings`; ended afterwards. Raises StackError."""
    address = f"127.0.0.1:{free_port()}"
    folder = Path(tempfile.mkdtemp(prefix="keva-evaluation-"))
    certificates.ensure(folder, ["responder_service", "ticket_service"])
    environment = {
        **base_environment(),
        "KEVA_TLS_DIR": str(folder / "responder_service"),
        "KEVA_GRPC_LISTEN": address,
        "KEVA_HEALTH_LISTEN": f"127.0.0.1:{free_port()}",
        "KEVA_KNOWLEDGE_BASE_DIR": str(SAMPLE_KNOWLEDGE_BASE),
        **settings,
    }
    supervisor = Supervisor(sink, launch=launch)
    # Asked as ticket_service asks.
    tls_dir = folder / "ticket_service"
    ready = partial(grpc_serving, address, "responder_service", tls_dir)
    program = Program("responder_service", python_module("responder_service"), environment, ready)
    try:
        await supervisor.start(program)
        channel = open_channel(address, "responder_service", CertificateFolder(tls_dir))
        yield responder_service_pb2_grpc.ResponderServiceStub(channel)
        await channel.close()
    finally:
        await supervisor.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


async def examine(
    stub: "responder_service_pb2_grpc.ResponderServiceAsyncStub", cases: Sequence[Case], progress: Callable[[], None]
) -> list[Grade]:
    """A grade per case, in order. Raises grpc.aio.AioRpcError when the responder fails."""
    rules, free = Rules(ARTICLES), asyncio.Semaphore(_AT_ONCE)

    async def one(case: Case) -> Grade:
        async with free:
            response = await stub.DraftReply(request_of(case), timeout=_SECONDS)
        progress()
        return grade(case, response, rules)

    return list(await asyncio.gather(*map(one, cases)))


def request_of(case: Case) -> pb.DraftReplyRequest:
    """What ticket_service would ask."""
    profile = ai_profile_pb2.AiProfile(
        business_name="Alder & Finch",
        tone="friendly and brief",
        business_hours=case.profile.business_hours,
        languages=case.profile.languages,
        hand_off_rules=case.profile.hand_off_rules,
    )
    return pb.DraftReplyRequest(
        organization_id="default",
        workspace_id=WORKSPACE,
        ticket_id=f"tkt_{case.id}",
        profile=profile,
        messages=map(_message, case.conversation),
        opted_out=case.opted_out,
    )


def _message(text: Text) -> pb.ConversationMessage:
    if text.customer is not None:
        return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_CUSTOMER, text=text.customer, media_count=text.media)
    if text.ai is not None:
        return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_AI, text=text.ai)
    return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_AGENT, text=text.agent or "")
