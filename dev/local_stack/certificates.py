"""A certificate authority of one's own, and a certificate for each identity: `python -m dev.local_stack.certificates`.

For the local stack, for tests, and for a Keva that runs where nothing else issues certificates (Docker Compose). In
Kubernetes cert-manager does it (deploy/components/cert-manager)."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dev.process_list import SERVICES
from servicekit.rpc import identity
from servicekit.rpc.certificates import AUTHORITIES, CERTIFICATE, KEY

IDENTITIES = (*SERVICES, identity.OPERATOR)
_AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=90)
# As cert-manager does it by default: when a third of the time is left.
_RENEWED_BEFORE = LASTS / 3
# Clocks differ.
_EARLIER = timedelta(minutes=5)


@dataclass(frozen=True)
class Authority:
    """Issues certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def create(cls, name: str = "Keva local CA") -> "Authority":
        """A new one, which nobody trusts yet."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _common_name(name)
        end = datetime.now(UTC) + _AUTHORITY_LASTS
        builder = _builder(subject, subject, key.public_key(), end, _AUTHORITY_LASTS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        return cls(builder.sign(key, hashes.SHA256()), key)

    @classmethod
    def open(cls, folder: Path) -> "Authority":
        """The one in `folder`, made the first time."""
        if (folder / KEY).exists():
            key = load_pem_private_key((folder / KEY).read_bytes(), None)
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            return cls(x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()), key)
        authority = cls.create()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / CERTIFICATE, authority.certificate.public_bytes(Encoding.PEM))
        # Last: with its key the authority is complete.
        _write(folder / KEY, _pem_of_key(authority.key))
        return authority

    def issue(self, folder: Path, name: str, organization_id: str = "", expires: datetime | None = None) -> None:
        """Writes ca.crt, tls.crt and tls.key for the identity `name` into `folder`, the key readable by its owner
        alone. Certificates that are there are replaced, each file in one step."""
        key = ec.generate_private_key(ec.SECP256R1())
        end = expires or datetime.now(UTC) + LASTS
        builder = _builder(_common_name(name), self.certificate.subject, key.public_key(), end, LASTS)
        names = [
            x509.UniformResourceIdentifier(identity.uri(name, organization_id)),
            x509.DNSName(identity.server_name(name)),
        ]
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(folder / KEY, _pem_of_key(key))
        _write(folder / CERTIFICATE, certificate.public_bytes(Encoding.PEM))
        _write(folder / AUTHORITIES, self.certificate.public_bytes(Encoding.PEM))


def ensure(folder: Path, identities: Sequence[str] = IDENTITIES, renew: bool = False) -> list[str]:
    """A folder per identity in `folder`, all by one authority, which is made the first time. Certificates that last
    long enough stay, unless `renew`. Returns the names of those that were issued."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = Authority.open(folder / "ca")
    issued = []
    for name in identities:
        if renew or not _lasts(folder / name, authority):
            authority.issue(folder / name, name)
            issued.append(name)
    return issued


def _lasts(folder: Path, authority: Authority) -> bool:
    if not all((folder / name).exists() for name in (AUTHORITIES, CERTIFICATE, KEY)):
        return False
    certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    trusted = (folder / AUTHORITIES).read_bytes() == authority.certificate.public_bytes(Encoding.PEM)
    return trusted and certificate.not_valid_after_utc - datetime.now(UTC) > _RENEWED_BEFORE


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    start = end - lasts - _EARLIER
    return builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    unfinished.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Makes or renews the certificates of a folder, and says which."""
    parser = argparse.ArgumentParser(
        prog="python -m dev.local_stack.certificates",
        description="Makes a certificate authority and a certificate for each of Keva's identities; renews what "
        "expires within 30 days. Running services take up renewed ones by themselves.",
    )
    parser.add_argument("--dir", type=Path, required=True, help="where: a folder per identity, and `ca`")
    parser.add_argument("--renew", action="store_true", help="renew all")
    arguments = parser.parse_args(argv)
    issued = ensure(arguments.dir, renew=arguments.renew)
    print(f"issued in {arguments.dir}: {', '.join(issued) or 'nothing, all last long enough'}")
    print(f"keep {arguments.dir / 'ca' / KEY} to yourself: whoever has it can become any of them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
