"""Attests statements, for the service that makes them."""

import time
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from servicekit.attestation.statements import HASH, WITH_EC, WITH_RSA, Attestation, joined, signed_bytes
from servicekit.rpc.certificates import CertificateError, CertificateFolder, Certificates

# As often as a client looks for a renewed certificate.
_LOOK_SECONDS = 1.0
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Signer:
    """Signs with the key of the current certificate: one signature for all statements that are made together."""

    def __init__(self, folder: CertificateFolder) -> None:
        """Raises CertificateError when its key is neither ECDSA nor RSA."""
        self._folder = folder
        self._certificates = folder.current()
        self._key = _key_of(self._certificates)
        self._looked = time.monotonic()

    def attest(self, digests: Iterable[bytes]) -> Attestation:
        """The attestation of the statements with these digests (statements.digest). Raises CertificateError after a
        renewal by a key that cannot be used."""
        self._look()
        all_of_them = joined(digests)
        message = signed_bytes(all_of_them)
        if isinstance(self._key, rsa.RSAPrivateKey):
            signature = self._key.sign(message, WITH_RSA, HASH)
        else:
            signature = self._key.sign(message, WITH_EC)
        return Attestation(all_of_them, signature, self._certificates.chain)

    def _look(self) -> None:
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        current = self._folder.current()
        if current is not self._certificates:
            self._key = _key_of(current)
            self._certificates = current


def _key_of(certificates: Certificates) -> _Key:
    key = load_pem_private_key(certificates.key, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise CertificateError("tls.key must be an ECDSA or an RSA key: it also attests what this service has verified")
    return key
