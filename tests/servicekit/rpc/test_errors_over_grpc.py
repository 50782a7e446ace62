"""An error keeps its reason on the way from one service to another, and a bug keeps its text to itself."""

from typing import Any

import grpc
import pytest

from dev.local_stack.ports import free_port
from servicekit import errors
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.identities import channel_to
from tests.servicekit.one_method import STREAM, Behavior, Context, method, serving

EXPECTED = [
    errors.InvalidArgument("FIELD_INVALID", "text is odd", field="text"),
    errors.NotFound("TICKET_NOT_FOUND", "there is no ticket tkt_1", ticket_id="tkt_1"),
    errors.AlreadyExists("REQUEST_ID_REUSED", "used before", request_id="r"),
    errors.FailedPrecondition("TICKET_CLOSED", "closed"),
    errors.PermissionDenied("CALLER_NOT_ALLOWED", "not you"),
    errors.Aborted("CONCURRENT_UPDATE", "ask again"),
    errors.ResourceExhausted("TWILIO_RATE_LIMITED", "slow down – später"),
    errors.Internal("INTERNAL", "a bug", error_id="1"),
]


def fails_with(error: Exception) -> Behavior:
    async def fail(_: bytes, __: Context) -> bytes:
        raise error

    return fail


async def call(port: int) -> grpc.aio.AioRpcError:
    """How the one call ended, which must not be well."""
    async with channel_to("tester", port) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await method(channel)(b"", timeout=90)
    return failed.value


async def watch(port: int) -> tuple[list[bytes], grpc.aio.AioRpcError]:
    """What the stream gave, and how it ended, which must not be well."""
    given: list[bytes] = []

    async def read() -> None:
        stream: Any = channel.unary_stream(STREAM)
        async for item in stream(b"", timeout=90):
            given.append(item)

    async with channel_to("tester", port) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await read()
    return given, failed.value


@pytest.mark.parametrize("error", EXPECTED, ids=lambda error: type(error).__name__)
async def test_an_expected_error_arrives_as_it_was_raised(error: errors.KevaError) -> None:
    async with serving(fails_with(error)) as port:
        arrived = as_keva_error(await call(port))
        given, ended = await watch(port)

    for one in (arrived, as_keva_error(ended)):
        assert type(one) is type(error)
        assert (one.reason, one.message, dict(one.metadata)) == (error.reason, error.message, dict(error.metadata))
    assert given == [b"first"]


@pytest.mark.parametrize("value", ["a" * 100_000, "é" * 5000, "👍" * 3000], ids=["huge", "accents", "emoji"])
async def test_an_error_that_quotes_what_is_too_long_arrives_with_its_reason(value: str) -> None:
    error = errors.NotFound("TICKET_NOT_FOUND", f"there is no {value}", ticket_id=value)
    async with serving(fails_with(error)) as port:
        arrived = as_keva_error(await call(port))

    assert (type(arrived), arrived.reason) == (errors.NotFound, "TICKET_NOT_FOUND")
    for quoted in (arrived.message.removeprefix("there is no "), arrived.metadata["ticket_id"]):
        assert quoted.endswith("…")
        assert value.startswith(quoted[:-1])


async def test_a_list_of_ids_arrives_whole() -> None:
    """The last one is the one that the caller needs: NEWER_MESSAGES names at most twenty, the newest last."""
    ids = ",".join(f"msg_01M8D3NQK3FREH8CKHRM81GN{number:02}" for number in range(20))
    error = errors.FailedPrecondition("NEWER_MESSAGES", "there are 20 newer messages", message_ids=ids, count="20")
    async with serving(fails_with(error)) as port:
        arrived = as_keva_error(await call(port))

    assert dict(arrived.metadata) == {"message_ids": ids, "count": "20"}


async def test_many_huge_variables_arrive_with_the_reason() -> None:
    huge = dict.fromkeys(("ticket_id", "workspace_id", "agent_id", "field"), "é" * 5000)
    error = errors.NotFound("TICKET_NOT_FOUND", f"there is no {'👍' * 3000}", **huge)
    async with serving(fails_with(error)) as port:
        arrived = as_keva_error(await call(port))

    assert (arrived.reason, arrived.metadata.keys()) == ("TICKET_NOT_FOUND", huge.keys())


async def test_unavailable_arrives_after_the_retries() -> None:
    calls = []

    async def fail(_: bytes, __: Context) -> bytes:
        calls.append(1)
        raise errors.Unavailable("STORE_UNAVAILABLE", "no primary")

    async with serving(fail) as port:
        arrived = as_keva_error(await call(port))

    assert (type(arrived), arrived.reason) == (errors.Unavailable, "STORE_UNAVAILABLE")
    assert len(calls) > 1


async def test_an_unexpected_exception_tells_an_id_and_not_its_text(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(fails_with(RuntimeError("my secret"))) as port:
        failed = await call(port)
        _, ended = await watch(port)

    for one in (failed, ended):
        arrived = as_keva_error(one)
        assert (one.code(), arrived.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
        assert arrived.metadata["error_id"] in arrived.message
        assert "secret" not in f"{one.details()} {one.trailing_metadata()} {one.debug_error_string()}"


async def test_a_driver_error_is_translated() -> None:
    def translate(error: Exception) -> errors.KevaError | None:
        return errors.Aborted("CONCURRENT_UPDATE", "ask again") if isinstance(error, LookupError) else None

    async with serving(fails_with(LookupError("my secret")), translate=translate) as port:
        assert as_keva_error(await call(port)).reason == "CONCURRENT_UPDATE"


async def test_a_handlers_own_abort_passes() -> None:
    async def abort(_: bytes, context: Context) -> bytes:
        await context.abort(grpc.StatusCode.DATA_LOSS, "as it was said")
        return b""

    async with serving(abort) as port:
        failed = await call(port)

    assert (failed.code(), failed.details()) == (grpc.StatusCode.DATA_LOSS, "as it was said")
    assert type(as_keva_error(failed)) is errors.Internal


async def test_nobody_there_is_unavailable_without_an_address() -> None:
    port = free_port()

    arrived = as_keva_error(await call(port))

    assert (type(arrived), arrived.reason) == (errors.Unavailable, "PEER_UNAVAILABLE")
    assert str(port) not in arrived.message


async def test_an_unknown_method_is_internal() -> None:
    async with serving(fails_with(errors.required("x"))) as port, channel_to("tester", port) as channel:
        other: Any = channel.unary_unary("/test.Service/Other")
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await other(b"")

    assert as_keva_error(failed.value).reason == "INTERNAL"
