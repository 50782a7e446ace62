"""Mutual TLS for gRPC servers and clients, with certificates that are renewed while they run."""

import time
from collections.abc import Callable
from typing import cast

import grpc

from servicekit.rpc.certificates import CertificateFolder, Certificates

# How long a connection may take from gRPC's question to its own reference to what is used. It takes microseconds.
_SECONDS_TO_BEGIN = 0.1


def server_credentials(folder: CertificateFolder) -> grpc.ServerCredentials:
    """For one port of a server that takes nobody without a certificate of a trusted authority. Each new connection is
    made with the files as they are then."""
    renewals = _Renewals(folder)
    # That None means "as before" is missing from the types alone.
    following = cast("Callable[[], grpc.ServerCertificateConfiguration]", renewals.following)
    return grpc.dynamic_ssl_server_credentials(
        _configuration(renewals.used), following, require_client_authentication=True
    )


class _Renewals:
    """Gives gRPC renewed certificates.

    gRPC asks for them at each new connection, one after the other. When it gets new ones it frees the old ones at once,
    even if a connection that is just being made is about to use those: then it crashes
    (https://github.com/grpc/grpc/issues/36693). So it gets new ones once per renewal, and a moment late: connections
    that asked before that have begun by then.
    """

    def __init__(self, folder: CertificateFolder) -> None:
        self.used = folder.current()
        self._folder = folder

    def following(self) -> grpc.ServerCertificateConfiguration | None:
        """What to use from now on; None: the same as before. Runs on a thread of gRPC's."""
        current = self._folder.current()
        if current == self.used:
            return None
        time.sleep(_SECONDS_TO_BEGIN)
        self.used = current
        return _configuration(current)


def channel_credentials(certificates: Certificates) -> grpc.ChannelCredentials:
    """For a client."""
    return grpc.ssl_channel_credentials(certificates.authorities, certificates.key, certificates.chain)


def _configuration(certificates: Certificates) -> grpc.ServerCertificateConfiguration:
    pair = (certificates.key, certificates.chain)
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=certificates.authorities)
