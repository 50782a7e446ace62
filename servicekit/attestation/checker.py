"""Says which statements a service has attested, for whoever gets them from somebody else."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import verification

from servicekit.attestation.statements import (
    DIGEST_BYTES,
    HASH,
    WITH_EC,
    WITH_RSA,
    Attestation,
    parted,
    signed_bytes,
)
from servicekit.limits import ITEMS_PER_CALL, KIB
from servicekit.rpc import identity
from servicekit.rpc.certificates import CertificateFolder

# Of the replicas of one service, also while all of them renew theirs.
_MOST_KNOWN = 64
_MOST_CERTIFICATE_BYTES = 32 * KIB
_Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class _Signer:
    """A certificate that an authority vouches for, and until when."""

    key: _Key
    ends: datetime


class Checker:
    """Believes the certificates of `service` that the authorities in `folder` have issued, as mutual TLS does."""

    def __init__(self, folder: CertificateFolder, service: str) -> None:
        self._folder = folder
        self._service = identity.Caller(service)
        self._authorities = b""
        self._known: OrderedDict[bytes, _Signer] = OrderedDict()

    def attested(self, attestations: Iterable[Attestation]) -> frozenset[bytes]:
        """The digests (statements.digest) of all statements that the service has attested there. What is attested by
        anybody else, or cannot be read, adds nothing."""
        return frozenset(
            digest
            for attestation in attestations
            if self._is_the_services(attestation)
            for digest in parted(attestation.digests)
        )

    def _is_the_services(self, attestation: Attestation) -> bool:
        digests = attestation.digests
        if len(digests) % DIGEST_BYTES or not 0 < len(digests) <= ITEMS_PER_CALL * DIGEST_BYTES:
            return False
        signer = self._signer(attestation.certificates)
        try:
            return signer is not None and _is_signed(signer.key, attestation)
        except InvalidSignature:
            return False

    def _signer(self, certificates: bytes) -> _Signer | None:
        now = datetime.now(UTC)
        authorities = self._folder.current().authorities
        if authorities != self._authorities:
            # Nobody vouches any more for what an authority vouched for that was removed.
            self._known.clear()
            self._authorities = authorities
        known = self._known.get(certificates)
        if known is not None and now < known.ends:
            return known
        self._known.pop(certificates, None)
        signer = self._vouched_for(certificates, now)
        if signer is not None:
            self._known[certificates] = signer
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return signer

    def _vouched_for(self, certificates: bytes, now: datetime) -> _Signer | None:
        if len(certificates) > _MOST_CERTIFICATE_BYTES:
            return None
        try:
            chain = self._chain(certificates, now)
            key, callers = chain[0].public_key(), _callers(chain[0])
        except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, verification.VerificationError):
            return None
        if callers != [self._service] or not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            return None
        return _Signer(key, min(certificate.not_valid_after_utc for certificate in chain))

    def _chain(self, certificates: bytes, now: datetime) -> Sequence[x509.Certificate]:
        """From the first of them to an authority. Raises ValueError and cryptography's errors."""
        own, *others = x509.load_pem_x509_certificates(certificates)
        store = verification.Store(x509.load_pem_x509_certificates(self._authorities))
        policy = verification.PolicyBuilder().store(store).time(now)
        policy = policy.extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=_OF_SERVICES)
        return policy.build_client_verifier().verify(own, others).chain


def _is_signed(key: _Key, attestation: Attestation) -> bool:
    """Whether it is. Raises InvalidSignature when it is not."""
    message = signed_bytes(attestation.digests)
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(attestation.signature, message, WITH_RSA, HASH)
    else:
        key.verify(attestation.signature, message, WITH_EC)
    return True


def _callers(certificate: x509.Certificate) -> list[identity.Caller | None]:
    """Whom it names, as identity.of_call reads it from a connection."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [identity.parse(uri) for uri in names.get_values_for_type(x509.UniformResourceIdentifier)]


def _issues_certificates(_: verification.Policy, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("this certificate may issue none")


def _may_sign_certificates(_: verification.Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("this key may sign no certificates")


# Like mutual TLS, and not like a browser, which demands more of an authority than those of one's own often have. That
# who issues a certificate may do so is what keeps any service from making one for another.
_ANY = verification.Criticality.AGNOSTIC
_OF_AUTHORITIES = (
    verification.ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, _ANY, _issues_certificates)
    .may_be_present(x509.KeyUsage, _ANY, _may_sign_certificates)
)
_OF_SERVICES = verification.ExtensionPolicy.permit_all().require_present(x509.SubjectAlternativeName, _ANY, None)
