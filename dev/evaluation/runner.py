"""Asks a running responder_service, as a process of its own, about every case."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from dev.evaluation.businesses import ROOT, Business
from dev.evaluation.cases import Case, Profile, Text
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

CASES = ROOT / "tests" / "eval"
# The business of the sample articles, which the first sets of conversations are about.
ARTICLES = SAMPLE_KNOWLEDGE_BASE / "default"
SHOP = Business("default", ARTICLES, Profile(business_name="Alder & Finch"))
_COMMAND = python_module("responder_service")
# As ticket_service waits, and as many at once as an endpoint should bear.
_SECONDS = 60
# What a responder says of each workspace, and how long that may take with others at work.
_LEARNED = "sections are found by meaning"
_LEARNING_SECONDS = 600
_AT_ONCE = 4
# Where a case names no time, so that it is right on any day: a Wednesday.
_USUAL_TIME = datetime(2026, 6, 17, 15, tzinfo=UTC)


@dataclass(frozen=True)
class RunningResponder:
    """How to ask it, and its process."""

    stub: "responder_service_pb2_grpc.ResponderServiceAsyncStub"
    pid: int

    async def ask(self, request: pb.DraftReplyRequest) -> pb.DraftReplyResponse:
        """Its answer. Raises grpc.aio.AioRpcError."""
        response: pb.DraftReplyResponse = await self.stub.DraftReply(request, timeout=_SECONDS)
        return response


class _Learned:
    """Whether a responder has learned what the articles of so many workspaces mean: it says so in its log."""

    def __init__(self, workspaces: int, sink: Sink) -> None:
        self._missing = workspaces
        self._sink = sink
        self.all_of_them = asyncio.Event()
        self._look()

    def hear(self, name: str, line: str) -> None:
        """A Sink: a line of the log."""
        self._missing -= _LEARNED in line
        self._look()
        self._sink(name, line)

    def _look(self) -> None:
        if self._missing <= 0:
            self.all_of_them.set()


@asynccontextmanager
async def running_responder(
    sink: Sink,
    settings: Mapping[str, str],
    launch: Launch = ChildProcess.start,
    command: Sequence[str] | None = None,
) -> AsyncIterator[RunningResponder]:
    """A responder_service with the sample articles and `settings`, or what else `command` starts; ended afterwards.
    Raises StackError, and TimeoutError when it does not learn what its articles mean, if it is to."""
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
    workspaces = sum(path.is_dir() for path in Path(environment["KEVA_KNOWLEDGE_BASE_DIR"]).iterdir())
    learned = _Learned(workspaces if environment.get("KEVA_AI_EMBEDDING") else 0, sink)
    supervisor = Supervisor(learned.hear, launch=launch)
    # Asked as ticket_service asks.
    tls_dir = folder / "ticket_service"
    ready = partial(grpc_serving, address, "responder_service", tls_dir)
    try:
        await supervisor.start(Program("responder_service", command or _COMMAND, environment, ready))
        await asyncio.wait_for(learned.all_of_them.wait(), _LEARNING_SECONDS)
        channel = open_channel(address, "responder_service", CertificateFolder(tls_dir))
        stub = responder_service_pb2_grpc.ResponderServiceStub(channel)
        yield RunningResponder(stub, supervisor.process("responder_service").pid)
        await channel.close()
    finally:
        await supervisor.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


async def examine(
    responder: RunningResponder,
    business: Business,
    cases: Sequence[Case],
    progress: Callable[[], None] = lambda: None,
    workspace: str = "",
) -> list[Grade]:
    """A grade per case, in order, with the articles of `workspace` (empty: the business's own). Raises
    grpc.aio.AioRpcError when the responder fails."""
    rules, free = Rules(business.articles), asyncio.Semaphore(_AT_ONCE)

    async def one(case: Case) -> Grade:
        async with free:
            response = await responder.ask(request_of(case, business, workspace))
        progress()
        return grade(case, response, rules)

    return list(await asyncio.gather(*map(one, cases)))


def request_of(case: Case, business: Business, workspace: str = "") -> pb.DraftReplyRequest:
    """What ticket_service would ask."""
    profile = business.profile.with_changes(case.profile)
    return pb.DraftReplyRequest(
        organization_id="default",
        workspace_id=workspace or business.name,
        ticket_id=f"tkt_{case.id}",
        profile=ai_profile_pb2.AiProfile(
            business_name=profile.business_name,
            tone="friendly and brief",
            business_hours=profile.business_hours,
            languages=profile.languages,
            hand_off_rules=profile.hand_off_rules,
        ),
        messages=map(_message, case.conversation),
        opted_out=case.opted_out,
        time_zone=profile.time_zone,
        ask_time=_timestamp(case.ask_time or _USUAL_TIME),
        greeting_waited=case.greeting_waited,
    )


def customer_asks(id: str, texts: Sequence[str], ask_time: datetime | None = None) -> Case:
    """A conversation of these texts, of which nothing is known but that they wait."""
    return Case(id=id, kind="texts", set="first_sight", outcome="either", texts=list(texts), ask_time=ask_time)


def _timestamp(time: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(time)
    return timestamp


def _message(text: Text) -> pb.ConversationMessage:
    if text.customer is not None:
        return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_CUSTOMER, text=text.customer, media_count=text.media)
    if text.ai is not None:
        return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_AI, text=text.ai)
    return pb.ConversationMessage(role=pb.CONVERSATION_ROLE_AGENT, text=text.agent or "")
