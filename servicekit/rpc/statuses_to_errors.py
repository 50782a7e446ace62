"""The reverse of `errors_to_statuses`, on the caller's side: a failed call as the error that the peer raised."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, TypeVar

import grpc
from google.rpc import error_details_pb2, status_pb2

from servicekit import errors

Message = TypeVar("Message")
_KINDS: dict[grpc.StatusCode, type[errors.KevaError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: errors.InvalidArgument,
    grpc.StatusCode.NOT_FOUND: errors.NotFound,
    grpc.StatusCode.ALREADY_EXISTS: errors.AlreadyExists,
    grpc.StatusCode.FAILED_PRECONDITION: errors.FailedPrecondition,
    grpc.StatusCode.PERMISSION_DENIED: errors.PermissionDenied,
    grpc.StatusCode.ABORTED: errors.Aborted,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.ResourceExhausted,
    grpc.StatusCode.UNAVAILABLE: errors.Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.Unavailable,
    # What a call cancelled from the other side looks like: the peer is going away.
    grpc.StatusCode.CANCELLED: errors.Unavailable,
}


def _error_info(metadata: object) -> error_details_pb2.ErrorInfo | None:
    for key, value in metadata or ():  # type: ignore[attr-defined]
        if key != "grpc-status-details-bin":
            continue
        info = error_details_pb2.ErrorInfo()
        for detail in status_pb2.Status.FromString(value).details:
            if detail.Unpack(info):
                return info
    return None


def as_keva_error(error: grpc.aio.AioRpcError) -> errors.KevaError:
    """The error that the peer raised, with its reason and metadata.

    An error without ErrorInfo comes from gRPC itself (nobody listens, the deadline passed): its reason is
    PEER_UNAVAILABLE, and its text is not passed on, since it names addresses.
    """
    kind = _KINDS.get(error.code(), errors.Internal)
    info = _error_info(error.trailing_metadata())
    if info is None:
        if kind is errors.Unavailable:
            return errors.Unavailable("PEER_UNAVAILABLE", "a service that is needed does not answer")
        return errors.Internal("INTERNAL", f"the call failed with {error.code().name}")
    metadata: Mapping[str, str] = info.metadata
    return kind(info.reason, error.details() or info.reason, **metadata)


async def messages(call: grpc.aio.UnaryStreamCall[Any, Message]) -> AsyncGenerator[Message, None]:
    """The messages of a call that is answered by a stream, until it ends. Raises what the peer raised, at first or
    later. Whoever wants no more closes it (`contextlib.aclosing`): that ends the call."""
    try:
        async for message in call:
            yield message
    except grpc.aio.AioRpcError as error:
        raise as_keva_error(error) from None
    finally:
        call.cancel()
