"""Mutual TLS for gRPC servers and clients, with certificates that are renewed while they run."""

import grpc

from servicekit.certificates import CertificateFolder, Certificates


def server_credentials(folder: CertificateFolder) -> grpc.ServerCredentials:
    """For a server that takes nobody without a certificate of a trusted authority. Each new connection is made with the
    files as they are then."""
    return grpc.dynamic_ssl_server_credentials(
        _configuration(folder.current()), lambda: _configuration(folder.current()), require_client_authentication=True
    )


def channel_credentials(certificates: Certificates) -> grpc.ChannelCredentials:
    """For a client."""
    return grpc.ssl_channel_credentials(certificates.authorities, certificates.key, certificates.chain)


def _configuration(certificates: Certificates) -> grpc.ServerCertificateConfiguration:
    pair = (certificates.key, certificates.chain)
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=certificates.authorities)
