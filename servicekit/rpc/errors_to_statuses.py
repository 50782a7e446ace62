"""Here, and nowhere else, exceptions become gRPC statuses: expected ones by a table, anything else INTERNAL with an id
to look up in the log, never with its text. Every error carries one google.rpc.ErrorInfo (AIP-193)."""

import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from servicekit import errors

DOMAIN = "keva.support"

STATUS_CODES: dict[type[errors.KevaError], grpc.StatusCode] = {
    errors.InvalidArgument: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.Aborted: grpc.StatusCode.ABORTED,
    errors.ResourceExhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
    errors.Internal: grpc.StatusCode.INTERNAL,
}

# A negative time means never. Rule: https://github.com/grpc/proposal/blob/master/A6-client-retries.md, "Pushback".
_DO_NOT_RETRY = ("grpc-retry-pushback-ms", "-1")
# Whoever failed sooner met a connection that was just broken, or a replica that starts: asking again helps. Later, an
# answer that says what is wrong is worth more than a deadline that hides it.
_RETRY_WITHIN_SECONDS = 0.5
# A caller takes 8 KiB of headers at the end of a call, where the message stands twice, once with three bytes per byte;
# of what is longer it would get none. An error may quote whatever came.
_MOST_BYTES_OF_MESSAGE = 1000
# All variables together: a list of ids may be long, and its end is as good as its beginning.
_MOST_BYTES_OF_VALUES = 2000
Translate = Callable[[Exception], errors.KevaError | None]
_log = structlog.get_logger(__name__)


def _status_code(error: errors.KevaError) -> grpc.StatusCode:
    for kind in type(error).__mro__:
        if kind in STATUS_CODES:
            return STATUS_CODES[kind]
    raise TypeError(f"{type(error).__name__} has no status code")


def _shortened(text: str, most_bytes: int) -> str:
    encoded = text.encode()
    return text if len(encoded) <= most_bytes else encoded[:most_bytes].decode(errors="ignore") + "…"


def _details(code: grpc.StatusCode, error: errors.KevaError, message: str) -> bytes:
    most = _MOST_BYTES_OF_VALUES // max(len(error.metadata), 1)
    metadata = {name: _shortened(value, most) for name, value in error.metadata.items()}
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)
    packed = any_pb2.Any()
    packed.Pack(info)
    status = status_pb2.Status(code=code.value[0], message=message, details=[packed])
    return bytes(status.SerializeToString())


class ErrorsToStatuses:
    """Ends every failed call with a status that is safe to show: an Around of handlers.

    `translate` may recognise exceptions of a library (a driver that lost its server) as expected ones.
    """

    def __init__(self, translate: Translate = lambda _: None) -> None:
        self._translate = translate

    def answering(self, behavior: Any, _: str) -> Any:
        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            begun = time.monotonic()
            try:
                return await behavior(request, context)
            except Exception as error:
                await self._end(error, context, time.monotonic() - begun)

        return call

    def streaming(self, behavior: Any, _: str) -> Any:
        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            begun = time.monotonic()
            try:
                async for response in behavior(request, context):
                    yield response
            except Exception as error:
                await self._end(error, context, time.monotonic() - begun)

        return call

    async def _end(self, error: Exception, context: grpc.aio.ServicerContext[Any, Any], seconds: float) -> NoReturn:
        if isinstance(error, grpc.aio.AbortError):
            raise error
        expected = error if isinstance(error, errors.KevaError) else self._translate(error)
        if expected is None:
            error_id = uuid.uuid4().hex
            _log.error("unexpected exception", error_id=error_id, exc_info=error)
            expected = errors.Internal("INTERNAL", f"internal error; look for {error_id} in the log", error_id=error_id)
        code = _status_code(expected)
        message = _shortened(expected.message, _MOST_BYTES_OF_MESSAGE)
        trailers: tuple[tuple[str, str | bytes], ...] = (
            ("grpc-status-details-bin", _details(code, expected, message)),
        )
        if expected.reason == errors.OVERLOADED or seconds > _RETRY_WITHIN_SECONDS:
            trailers += (_DO_NOT_RETRY,)
        await context.abort(code, message, trailing_metadata=trailers)
