"""Statements and the attestation of several of them, as bytes. A statement is the exact bytes that travel: whoever
reads it reads what was attested, and nothing that somebody has written out again."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

DIGEST_BYTES = 32
# What the key of a certificate signs otherwise begins with other bytes: nothing of TLS's is an attestation of ours.
_PURPOSE = b"keva attestation 1\0"
HASH = hashes.SHA256()
WITH_EC = ec.ECDSA(HASH)
WITH_RSA = padding.PKCS1v15()


@dataclass(frozen=True)
class Attestation:
    """A signature over the `digests` of statements, one after the other, by the key of the first of `certificates`
    (PEM); the others lead to an authority."""

    digests: bytes
    signature: bytes
    certificates: bytes


def digest(kind: str, statement: bytes) -> bytes:
    """What is attested of a statement. `kind` is what it is read as: one kind never passes for another."""
    return hashlib.sha256(kind.encode() + b"\0" + statement).digest()


def joined(digests: Iterable[bytes]) -> bytes:
    """All digests as an attestation has them."""
    return b"".join(digests)


def parted(digests: bytes) -> Iterator[bytes]:
    """Its digests one by one."""
    for start in range(0, len(digests), DIGEST_BYTES):
        yield digests[start : start + DIGEST_BYTES]


def signed_bytes(digests: bytes) -> bytes:
    """What the signature of an attestation is over."""
    return _PURPOSE + digests
