"""Calls that are answered by a stream: everything that holds for a single answer holds for them, too."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from dev.local_stack.ports import free_port
from servicekit import errors
from servicekit.rpc import request_context
from servicekit.rpc.caller_checks import CallerChecks
from servicekit.rpc.channel import open_channel
from servicekit.rpc.request_context import Actor, RequestContext
from servicekit.rpc.rpc_policy import RpcPolicy
from servicekit.rpc.server import GrpcServer
from servicekit.rpc.statuses_to_errors import messages
from tests.identities import any_agent, certificates, channel_to
from tests.servicekit.one_method import (
    CONVERSATION,
    STREAM,
    WRITTEN_STREAM,
    Context,
    echo,
    method,
    serving,
    start,
    stream,
)

SHORT_SECONDS = 1.0


async def who_calls(_: bytes, context: Context) -> bytes:
    """What the server knows of its caller."""
    current = request_context.current()
    assert current is not None
    known = {"actor": str(current.actor), "request_id": current.request_id, "seconds": context.time_remaining()}
    return json.dumps(known).encode()


async def ask(channel: grpc.aio.Channel, context: RequestContext | None = None, **options: Any) -> dict[str, Any]:
    """`who_calls`, followed on behalf of `context`, in a task of its own."""

    async def follow() -> list[bytes]:
        if context is not None:
            request_context.enter(context)
        return [message async for message in messages(stream(channel)(b"", **options))]

    _, answer = await asyncio.create_task(follow())
    known: dict[str, Any] = json.loads(answer)
    return known


async def hang(_: bytes, __: Context) -> bytes:
    """Never answers."""
    await asyncio.Event().wait()
    return b""


@pytest.mark.parametrize("name", [STREAM, WRITTEN_STREAM])
async def test_no_stream_is_served_before_the_service_is_prepared(name: str) -> None:
    server, port = await start(echo, ready=False)
    async with channel_to("tester", port) as channel:
        with pytest.raises(errors.Unavailable) as refused:
            [message async for message in messages(stream(channel, name)(b"x"))]
        await server.set_ready()
        given = [message async for message in messages(stream(channel, name)(b"x"))]
    await server.drain(0)

    assert refused.value.reason == "STORE_UNAVAILABLE"
    assert given == [b"first", b"x"]


async def test_no_stream_of_requests_is_taken_before_the_service_is_prepared() -> None:
    server, port = await start(echo, ready=False)
    async with channel_to("tester", port) as channel:
        converse: Any = channel.stream_stream(CONVERSATION)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            [message async for message in converse(iter([b"x"]), timeout=90)]
        await server.set_ready()
        given = [message async for message in converse(iter([b"x", b"y"]), timeout=90)]
    await server.drain(0)

    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert given == [b"x", b"y"]


async def test_actor_and_request_id_are_passed_on_and_never_mixed_up() -> None:
    contexts = [RequestContext(Actor("agent", f"agent-{number}"), f"request-{number}") for number in range(20)]

    async with serving(who_calls) as port, channel_to("tester", port) as channel:
        answers = await asyncio.gather(*(ask(channel, context) for context in contexts))

    for context, answer in zip(contexts, answers, strict=True):
        assert (answer["actor"], answer["request_id"]) == (str(context.actor), context.request_id)


async def test_metadata_that_the_caller_gives_goes_before() -> None:
    given = (("keva-actor", "operator:olga"), ("x-request-id", "mine"))
    context = RequestContext(Actor("agent", "anna"), "other")

    async with serving(who_calls) as port, channel_to("tester", port) as channel:
        answer = await ask(channel, context, metadata=given)

    assert (answer["actor"], answer["request_id"]) == ("operator:olga", "mine")


async def test_a_stream_has_no_deadline_but_its_callers() -> None:
    async with serving(who_calls) as port, channel_to("tester", port, deadline_seconds=SHORT_SECONDS) as channel:
        followed, bounded = await ask(channel), await ask(channel, timeout=60)

    assert followed["seconds"] is None
    # gRPC rounds up.
    assert SHORT_SECONDS < bounded["seconds"] < 61


async def test_a_stream_outlives_the_deadline_of_other_calls() -> None:
    release = asyncio.Event()

    async def later(request: bytes, _: Context) -> bytes:
        await release.wait()
        return request

    async with serving(later) as port, channel_to("tester", port, deadline_seconds=0.2) as channel:
        following = messages(stream(channel)(b"x"))
        assert await anext(following) == b"first"
        # As long as other calls may take.
        with pytest.raises(grpc.aio.AioRpcError):
            await method(channel)(b"")
        release.set()
        assert await anext(following) == b"x"
        with pytest.raises(StopAsyncIteration):
            await anext(following)


async def test_a_stream_ends_at_its_callers_deadline() -> None:
    async with serving(hang) as port, channel_to("tester", port) as channel:
        with pytest.raises(errors.Unavailable) as ended:
            [message async for message in messages(stream(channel)(b"", timeout=0.2))]

    assert ended.value.reason == "PEER_UNAVAILABLE"


async def test_a_failure_in_the_middle_is_what_the_peer_raised() -> None:
    async def fail(_: bytes, __: Context) -> bytes:
        raise errors.NotFound("TICKET_NOT_FOUND", "there is no ticket tkt_1", ticket_id="tkt_1")

    given = []
    async with serving(fail) as port, channel_to("tester", port) as channel:
        with pytest.raises(errors.NotFound) as failed:  # noqa: PT012
            async for message in messages(stream(channel)(b"")):
                given.append(message)

    assert given == [b"first"]
    assert (failed.value.reason, failed.value.metadata) == ("TICKET_NOT_FOUND", {"ticket_id": "tkt_1"})


async def test_a_stream_to_nobody_fails_at_once_unless_it_waits() -> None:
    async with channel_to("tester", free_port(), wait_for_ready=False) as channel:
        with pytest.raises(errors.Unavailable) as failed:
            [message async for message in messages(stream(channel)(b""))]

    assert failed.value.reason == "PEER_UNAVAILABLE"


async def test_a_stream_waits_for_a_service_that_is_not_there_yet() -> None:
    port = free_port()
    async with channel_to("tester", port, deadline_seconds=SHORT_SECONDS) as channel:
        following = asyncio.ensure_future(anext(messages(stream(channel)(b"x"))))
        with pytest.raises(grpc.aio.AioRpcError):
            await method(channel)(b"")
        async with serving(echo, port):
            assert await following == b"first"


async def test_whoever_wants_no_more_ends_the_call() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(_: bytes, __: Context) -> bytes:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return b""

    async with serving(wait) as port, channel_to("tester", port) as channel:
        async with contextlib.aclosing(messages(stream(channel)(b""))) as following:
            assert await anext(following) == b"first"
            # The server sends that, and only then begins.
            await begun.wait()
        await ended.wait()


FEED = "keva.test.v1.FeedService/WatchFeed"
WORKSPACES = {"support": "acme", "elsewhere": "globex"}


async def organization_of(workspace_id: str, organization_id: str) -> str:
    """As Tenants of ticket_service."""
    owner = WORKSPACES.get(workspace_id, "")
    if not owner or (organization_id and owner != organization_id):
        raise errors.NotFound("WORKSPACE_NOT_FOUND", "there is none")
    return owner


async def _feed(request: Any, _: Context) -> AsyncIterator[bytes]:
    yield f"{request.workspace_id} for {request_context.current_actor()}".encode()


@contextlib.asynccontextmanager
async def feed() -> AsyncIterator[int]:
    """The port of a server with a stream of ours that operators may follow, as any person."""
    policy = RpcPolicy({FEED: frozenset({"operator"})}, frozenset({"operator"}), {}, frozenset())
    checks = CallerChecks(policy, organization_of, any_agent)
    server = GrpcServer((), certificates("ticket_service"), checks, reflect=False)
    handler: Any = grpc.unary_stream_rpc_method_handler(_feed, lambda raw: SimpleNamespace(**json.loads(raw)))
    service, _, rpc = FEED.partition("/")
    server.grpc.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {rpc: handler}),))
    port = await server.start("127.0.0.1:0")
    await server.set_ready()
    yield port
    await server.drain(0)


async def followed(port: int, caller: tuple[str, ...], actor: str = "", **request: str) -> str:
    """The first message that `caller` gets. Raises what the server raised."""
    async with open_channel(f"127.0.0.1:{port}", "ticket_service", certificates(*caller)) as channel:
        call: Any = channel.unary_stream(f"/{FEED}")
        metadata = (("keva-actor", actor),) if actor else ()
        async with contextlib.aclosing(messages(call(json.dumps(request).encode(), metadata=metadata))) as following:
            message: bytes = await anext(following)
            return message.decode()


async def test_callers_who_may_follow_a_stream_do_so_as_who_they_say() -> None:
    asked = {"organization_id": "", "workspace_id": "support"}
    async with feed() as port:
        assert await followed(port, ("operator",), "agent:dana", **asked) == "support for agent:dana"
        assert await followed(port, ("operator",), **asked) == "support for operator:unnamed"
        assert await followed(port, ("operator", "acme"), **asked) == "support for operator:unnamed"


@pytest.mark.parametrize(
    ("caller", "actor", "request_fields", "reason"),
    [
        pytest.param(("gateway",), "", {"workspace_id": "support"}, "CALLER_NOT_ALLOWED", id="who is not listed"),
        pytest.param(
            ("operator",), "service:sms_service", {"workspace_id": "support"}, "ACTOR_NOT_ALLOWED", id="as a service"
        ),
        pytest.param(("operator",), "", {"workspace_id": "none"}, "WORKSPACE_NOT_FOUND", id="no such workspace"),
        pytest.param(
            ("operator",),
            "",
            {"workspace_id": "elsewhere", "organization_id": "acme"},
            "WORKSPACE_NOT_FOUND",
            id="a workspace of another organization",
        ),
        pytest.param(
            ("operator", "acme"), "", {"workspace_id": "elsewhere"}, "TENANT_NOT_ALLOWED", id="not of its organization"
        ),
        pytest.param(("operator", "acme"), "", {"workspace_id": ""}, "TENANT_NOT_ALLOWED", id="of no tenant"),
    ],
)
async def test_callers_who_may_not_follow_a_stream_get_nothing(
    caller: tuple[str, ...], actor: str, request_fields: dict[str, str], reason: str
) -> None:
    async with feed() as port:
        with pytest.raises(errors.KevaError) as refused:
            await followed(port, caller, actor, **request_fields)

    assert refused.value.reason == reason


async def test_a_drain_ends_streams_at_once_and_lets_answers_finish() -> None:
    entered, release, left = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(request: bytes, _: Context) -> bytes:
        if request == b"answered":
            entered.set()
            await release.wait()
            return request
        try:
            await asyncio.Event().wait()
        finally:
            left.set()
        return request

    server, port = await start(slow)
    async with channel_to("tester", port) as channel, channel_to("tester", port) as other:
        following = messages(stream(channel)(b"followed"))
        assert await anext(following) == b"first"
        running = asyncio.ensure_future(method(other)(b"answered", timeout=90))
        await entered.wait()
        # Longer than a test may take: a stream that held it up would be noticed.
        draining = asyncio.create_task(server.drain(300))

        with pytest.raises(errors.Unavailable) as raised:
            await anext(following)

        assert raised.value.reason == "REPLICA_DRAINING"
        assert left.is_set()
        assert not draining.done()
        release.set()
        assert await running == b"answered"
        await draining
