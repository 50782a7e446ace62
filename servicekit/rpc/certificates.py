"""This process's certificate, its key, and the authorities that it trusts, as files that may be renewed at any time:
the layout of cert-manager's Secrets."""

import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

AUTHORITIES, CERTIFICATE, KEY = "ca.crt", "tls.crt", "tls.key"

_Stamp = tuple[tuple[int, int, int], ...]


class CertificateError(ValueError):
    """The files cannot be used; the message names the file and says what is wrong with it, never what it holds."""


@dataclass(frozen=True)
class Certificates:
    """PEM: the authorities that are trusted, the own certificate with its chain, and its private key."""

    authorities: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    key: bytes = field(repr=False)


class CertificateFolder:
    """A folder with ca.crt, tls.crt and tls.key. Any thread may ask for the current ones."""

    def __init__(self, folder: Path) -> None:
        """Raises CertificateError when they cannot be used now."""
        self._folder = folder
        # As texts: they are looked at with each call that brings an attestation.
        self._files = [str(folder / name) for name in (AUTHORITIES, CERTIFICATE, KEY)]
        self._lock = threading.Lock()
        self._stamp = self._stamp_of_files()
        self._current = read(folder)
        self._complained = self._stamp

    def current(self) -> Certificates:
        """What the files hold. Files that are being replaced, or cannot be used, leave the earlier ones in force."""
        with self._lock:
            try:
                stamp = self._stamp_of_files()
                if stamp != self._stamp:
                    # Only then the stamp: what was half written is read once more.
                    self._current, self._stamp = read(self._folder), stamp
                    _log().info("certificate renewed", expires=expiry(self._current).isoformat())
            except CertificateError as error:
                self._complain(str(error))
            return self._current

    def _complain(self, why: str) -> None:
        try:
            stamp = self._stamp_of_files()
        except CertificateError:
            stamp = ()
        if stamp != self._complained:
            self._complained = stamp
            _log().error("renewed certificate cannot be used; the earlier one stays", reason=why)

    def _stamp_of_files(self) -> _Stamp:
        try:
            found = [os.stat(file) for file in self._files]
        except OSError as error:
            raise CertificateError(f"cannot read {error.filename}: {error.strerror}") from None
        return tuple((file.st_mtime_ns, file.st_ino, file.st_size) for file in found)


def read(folder: Path) -> Certificates:
    """The files of `folder`. Raises CertificateError when one is missing or not PEM, or when they do not belong
    together."""
    found = Certificates(*(_content(folder / name) for name in (AUTHORITIES, CERTIFICATE, KEY)))
    try:
        x509.load_pem_x509_certificates(found.authorities)
    except ValueError:
        raise CertificateError(f"{folder / AUTHORITIES} holds no PEM certificates") from None
    own = _own(found, folder)
    try:
        key = load_pem_private_key(found.key, None)
        form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        fits = key.public_key().public_bytes(*form) == own.public_key().public_bytes(*form)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError(f"{folder / KEY} holds no unencrypted PEM private key") from None
    if not fits:
        raise CertificateError(f"{folder / KEY} is not the key of {folder / CERTIFICATE}")
    return found


def require_unexpired(certificates: Certificates, folder: Path) -> None:
    """Raises CertificateError when nobody will accept the certificate any more."""
    end = expiry(certificates)
    if end <= datetime.now(UTC):
        raise CertificateError(f"{folder / CERTIFICATE} has expired ({end.isoformat()}): renew it")


def expiry(certificates: Certificates) -> datetime:
    """When the own certificate expires."""
    return validity(certificates)[1]


def validity(certificates: Certificates) -> tuple[datetime, datetime]:
    """From when until when the own certificate holds."""
    own = x509.load_pem_x509_certificate(certificates.chain)
    return own.not_valid_before_utc, own.not_valid_after_utc


def _own(found: Certificates, folder: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(found.chain)
    except ValueError:
        raise CertificateError(f"{folder / CERTIFICATE} holds no PEM certificate") from None


def _log() -> Any:
    """Imported when there is something to say: a command that has read a certificate once never has."""
    import structlog  # noqa: PLC0415

    return structlog.get_logger(__name__)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CertificateError(f"cannot read {file}: {error.strerror}") from None
