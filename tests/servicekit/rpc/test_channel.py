import asyncio
import json
from typing import Any

import grpc
import pytest

from servicekit.limits import CALL_SECONDS
from servicekit.rpc import request_context
from servicekit.rpc.channel import target
from servicekit.rpc.request_context import Actor, RequestContext
from tests.identities import channel_to
from tests.servicekit.one_method import Context, echo, method, serving, start


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("sms-service:50051", "dns:///sms-service:50051"),
        ("127.0.0.1:1", "dns:///127.0.0.1:1"),
        ("127.0.0.1:1, 127.0.0.1:2", "ipv4:127.0.0.1:1,127.0.0.1:2"),
        ("ipv4:127.0.0.1:1", "ipv4:127.0.0.1:1"),
        ("dns:///sms:1", "dns:///sms:1"),
        ("unix:///run/keva.sock", "unix:///run/keva.sock"),
    ],
)
def test_target(address: str, expected: str) -> None:
    assert target(address) == expected


async def who_calls(_: bytes, context: Context) -> bytes:
    """What the server knows of its caller."""
    current = request_context.current()
    assert current is not None
    return json.dumps(
        {"actor": str(current.actor), "request_id": current.request_id, "seconds": context.time_remaining()}
    ).encode()


async def ask(channel: grpc.aio.Channel, context: RequestContext | None = None, **options: Any) -> dict[str, object]:
    """`who_calls`, asked on behalf of `context`, in a task of its own."""

    async def call() -> bytes:
        if context is not None:
            request_context.enter(context)
        answer: bytes = await method(channel)(b"", **options)
        return answer

    answer: dict[str, object] = json.loads(await asyncio.create_task(call()))
    return answer


@pytest.mark.parametrize(("options", "at_most"), [({}, CALL_SECONDS), ({"timeout": 1}, 1), ({"timeout": 60}, 60)])
async def test_every_call_has_a_deadline(options: dict[str, Any], at_most: float) -> None:
    async with (
        serving(who_calls) as port,
        channel_to("tester", port, deadline_seconds=CALL_SECONDS) as channel,
    ):
        seconds = (await ask(channel, **options))["seconds"]

    assert isinstance(seconds, float)
    # gRPC rounds up.
    assert 0 < seconds < at_most + 1


async def test_a_call_ends_at_its_deadline() -> None:
    async def hang(_: bytes, __: Context) -> bytes:
        await asyncio.Event().wait()
        return b""

    async with serving(hang) as port, channel_to("tester", port) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=0.1)

    assert failed.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED


async def test_background_work_calls_as_the_service() -> None:
    async with serving(who_calls) as port, channel_to("tester", port, "sms_service") as channel:
        first, second = await ask(channel), await ask(channel)

    assert first["actor"] == "service:sms_service"
    assert first["request_id"] != second["request_id"]


async def test_actor_and_request_id_are_passed_on_and_never_mixed_up() -> None:
    contexts = [RequestContext(Actor("agent", f"agent-{number}"), f"request-{number}") for number in range(20)]

    async with (
        serving(who_calls) as port,
        channel_to("tester", port) as channel,
    ):
        answers = await asyncio.gather(*(ask(channel, context) for context in contexts))

    for context, answer in zip(contexts, answers, strict=True):
        assert (answer["actor"], answer["request_id"]) == (str(context.actor), context.request_id)


async def test_metadata_that_the_caller_gives_goes_before() -> None:
    given = (("keva-actor", "operator:olga"), ("x-request-id", "mine"))
    context = RequestContext(Actor("agent", "anna"), "other")

    async with (
        serving(who_calls) as port,
        channel_to("tester", port) as channel,
    ):
        answer = await ask(channel, context, metadata=given)

    assert (answer["actor"], answer["request_id"]) == ("operator:olga", "mine")


@pytest.mark.parametrize(
    "actor", ["", "anna", "customer:anna", "twilio:x", "agent:", "agent:a b", "agent:" + "x" * 129, "root:anna"]
)
async def test_an_actor_that_callers_may_not_claim_is_nobody(actor: str) -> None:
    metadata = (("keva-actor", actor), ("x-request-id", 'forged" log line'))

    async with (
        serving(who_calls) as port,
        channel_to("tester", port) as channel,
    ):
        answer = await ask(channel, metadata=metadata)

    assert answer["actor"] == "operator:unnamed"
    assert "forged" not in str(answer["request_id"])


async def test_replicas_take_turns_and_a_dead_one_is_left_out() -> None:
    seen: list[str] = []

    async def first(_: bytes, __: Context) -> bytes:
        seen.append("first")
        return b"first"

    async def second(_: bytes, __: Context) -> bytes:
        seen.append("second")
        return b"second"

    async with serving(second) as second_port:
        server, first_port = await start(first)
        addresses = f"127.0.0.1:{first_port},127.0.0.1:{second_port}"
        async with channel_to("tester", addresses) as channel:
            call = method(channel)
            while {"first", "second"} != set(seen):
                await call(b"", wait_for_ready=True)
            seen.clear()
            for _ in range(10):
                await call(b"")
            assert seen.count("first") == 5

            await server.drain(0)
            assert {await call(b"", wait_for_ready=True) for _ in range(10)} == {b"second"}


async def test_a_service_that_comes_back_is_found_again() -> None:
    server, port = await start(echo)
    async with channel_to("tester", port, deadline_seconds=1) as channel:
        call = method(channel)
        assert await call(b"before") == b"before"
        await server.drain(0)
        with pytest.raises(grpc.aio.AioRpcError):
            await call(b"down")
        waiting = asyncio.ensure_future(call(b"after", wait_for_ready=True, timeout=90))

        async with serving(echo, port):
            assert await waiting == b"after"
