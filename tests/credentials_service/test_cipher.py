"""Each layer of the encryption holds by itself: the cipher's with a key ring that binds nothing, and the key ring's."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from credentials_service.cipher import Cipher
from credentials_service.credential import Credential, Sealed, Version
from credentials_service.keyring import FileKeyRing, WrappedKey
from servicekit.errors import FailedPrecondition
from servicekit.secret import Secret
from tests.credentials_service.vault import ACCOUNT, OTHER_ACCOUNT, TOKEN

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREDENTIAL = Credential("crd_1", "default", ACCOUNT, "Main", (), NOON, NOON)


class _TrustingKeyRing:
    """A key ring that gives every data key back to whoever asks."""

    def __init__(self, active: str = "key-1") -> None:
        self.key_id = active

    async def active(self) -> str:
        return self.key_id

    async def key_ids(self) -> set[str]:
        return {self.key_id}

    async def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        return WrappedKey(self.key_id, data_key)

    async def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        return wrapped.wrapped


def _version(sealed: Sealed, number: int = 1) -> Version:
    return Version(number, "", sealed.key_id, NOON, sealed)


async def test_opens_what_it_sealed() -> None:
    cipher = Cipher(_TrustingKeyRing())

    sealed = await cipher.seal(Secret(TOKEN), CREDENTIAL, 1)

    assert await cipher.open(CREDENTIAL, _version(sealed)) == Secret(TOKEN)
    assert TOKEN.encode() not in sealed.ciphertext


async def test_data_key_and_nonce_are_fresh_each_time() -> None:
    cipher = Cipher(_TrustingKeyRing())

    sealed = [await cipher.seal(Secret(TOKEN), CREDENTIAL, 1) for _ in range(50)]

    assert {len(s.wrapped_data_key) for s in sealed} == {32}
    assert len({s.wrapped_data_key for s in sealed}) == len({s.ciphertext[:12] for s in sealed}) == 50


@pytest.mark.parametrize(
    ("credential", "version", "key_id"),
    [
        pytest.param({"organization_id": "another"}, 1, "key-1", id="organization"),
        pytest.param({"account_sid": OTHER_ACCOUNT}, 1, "key-1", id="account"),
        pytest.param({"credential_id": "crd_2"}, 1, "key-1", id="credential"),
        pytest.param({}, 2, "key-1", id="version"),
        pytest.param({}, 1, "key-2", id="key id"),
    ],
)
async def test_ciphertext_is_bound_to_its_place(credential: dict[str, Any], version: int, key_id: str) -> None:
    cipher = Cipher(_TrustingKeyRing())
    sealed = replace(await cipher.seal(Secret(TOKEN), CREDENTIAL, 1), key_id=key_id, bound_key_id=key_id)

    with pytest.raises(FailedPrecondition) as failed:
        await cipher.open(replace(CREDENTIAL, **credential), _version(sealed, version))

    assert (failed.value.reason, failed.value.metadata["key_id"]) == ("CREDENTIAL_UNREADABLE", key_id)


async def test_data_key_is_bound_to_its_context_and_its_key(tmp_path: Path) -> None:
    key = "A" * 43 + "="
    for key_id in ("key-1", "key-2"):
        (tmp_path / key_id).write_text(key)
    key_ring = FileKeyRing.load(tmp_path, "key-1")
    wrapped = await key_ring.wrap(b"d" * 32, b"here")

    assert await key_ring.unwrap(wrapped, b"here") == b"d" * 32
    for moved, context in ((wrapped, b"there"), (replace(wrapped, key_id="key-2"), b"here")):
        with pytest.raises(FailedPrecondition):
            await key_ring.unwrap(moved, context)


async def test_rewrapped_secret_keeps_its_ciphertext_and_what_that_is_bound_to() -> None:
    ring = _TrustingKeyRing()
    cipher = Cipher(ring)
    sealed = await cipher.seal(Secret(TOKEN), CREDENTIAL, 1)
    ring.key_id = "key-2"

    rewrapped = await cipher.rewrap(replace(CREDENTIAL, versions=(_version(sealed),)))

    (version,) = rewrapped.credential.versions
    assert version.sealed is not None
    assert (version.key_id, version.sealed) == ("key-2", replace(sealed, key_id="key-2"))
    assert (rewrapped.retired, rewrapped.unreadable) == (("key-1",), ())
    assert await cipher.open(CREDENTIAL, version) == Secret(TOKEN)
    for elsewhere in (replace(CREDENTIAL, organization_id="another"), replace(CREDENTIAL, account_sid=OTHER_ACCOUNT)):
        with pytest.raises(FailedPrecondition):
            await cipher.open(elsewhere, version)


async def test_nothing_shows_itself_when_printed() -> None:
    sealed = await Cipher(_TrustingKeyRing()).seal(Secret(TOKEN), CREDENTIAL, 1)
    shown = repr(replace(CREDENTIAL, versions=(replace(_version(sealed), last_four="cdef"),)))

    assert "cdef" not in shown
    assert repr(sealed) == "Sealed(key_id='key-1', bound_key_id='key-1')"
    assert repr(WrappedKey("key-1", b"data key")) == "WrappedKey(key_id='key-1')"
