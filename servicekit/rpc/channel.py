"""A gRPC client channel as every Keva process opens it: mutual TLS, all replicas in turn, a deadline on every call
that no stream answers, retries on UNAVAILABLE only, quick reconnects, and the acting person passed on."""

import json
from typing import Any

import grpc

from servicekit import limits
from servicekit.rpc import identity, request_context
from servicekit.rpc.certificates import CertificateFolder, Certificates
from servicekit.rpc.mutual_tls import channel_credentials
from servicekit.rpc.renewing_channel import RenewingChannel

_SERVICE_CONFIG = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{}],
            # AIP-194: only UNAVAILABLE is safe to retry without knowing the method.
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.5},
}
_OPTIONS = (
    ("grpc.service_config", json.dumps(_SERVICE_CONFIG)),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    # A service that comes back is found again within a second.
    ("grpc.max_reconnect_backoff_ms", 1000),
    # A replaced pod has another address: it is looked up again as often as it is dialled.
    ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    # Services talk to each other directly; a proxy for the way out is none of their business.
    ("grpc.enable_http_proxy", 0),
    ("grpc.max_receive_message_length", limits.ANSWER_BYTES),
)


class CallOptions:
    """What each call gets unless its caller says otherwise: a deadline, whether it waits for a service that is not
    there, who acts, and in which request. Calls that are answered by a stream have no deadline but the caller's own: a
    stream may well be followed for ever."""

    def __init__(self, wait_for_ready: bool, deadline_seconds: float) -> None:
        self._wait_for_ready = wait_for_ready
        self._deadline_seconds = deadline_seconds

    def complete(self, kind: str, options: dict[str, Any]) -> dict[str, Any]:
        """`options` with what is missing in them; `kind` is that of the method, such as unary_stream."""
        if options.get("wait_for_ready") is None:
            options["wait_for_ready"] = self._wait_for_ready
        if kind == "unary_unary" and not options.get("timeout"):
            options["timeout"] = self._deadline_seconds
        context = request_context.current()
        if context is not None:
            metadata = tuple(options.get("metadata") or ())
            given = {key for key, _ in metadata}
            passed_on = (
                (request_context.ACTOR_METADATA, str(context.actor)),
                (request_context.REQUEST_ID_METADATA, context.request_id),
            )
            options["metadata"] = (*metadata, *(pair for pair in passed_on if pair[0] not in given))
        return options


def target(address: str) -> str:
    """`address` as gRPC wants it: a URI as it is, `host:port` by DNS, a comma-separated list of IPv4 replicas."""
    if "," in address:
        return "ipv4:" + address.replace(" ", "")
    return address if "://" in address or address.startswith("ipv4:") else f"dns:///{address}"


def open_channel(
    address: str,
    service: str,
    certificates: CertificateFolder,
    wait_for_ready: bool = True,
    deadline_seconds: float = limits.CALL_SECONDS,
) -> grpc.aio.Channel:
    """A channel to `service` at `address`, called with our certificate. Whoever answers there must have the certificate
    of that service, or no call is made. Calls that say nothing else get `deadline_seconds`; those that are answered by
    a stream get no deadline. Close it after use.

    A call to a service that is not there waits for it as long as its deadline allows, so that a restart is not noticed;
    without `wait_for_ready` it fails at once.

    A stream that is followed for long is ended now and then, when its server ends, ends old connections, or when our
    certificate is renewed: its reader must be able to take it up again where it was.
    """
    options = (*_OPTIONS, ("grpc.ssl_target_name_override", identity.server_name(service)))

    def open_with(current: Certificates) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(target(address), channel_credentials(current), options=options)

    # Not by interceptors: each of gRPC's makes a task and a call object of its own for every call.
    return RenewingChannel(certificates, open_with, CallOptions(wait_for_ready, deadline_seconds).complete)
