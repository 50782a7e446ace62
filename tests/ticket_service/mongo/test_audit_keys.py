"""Keys that are missing or wrong keep ticket_service from starting: what it cannot sign must not be written."""

from pathlib import Path

import pytest

from dev.local_stack.mongod import Mongod
from servicekit.audit.chain import Keys
from servicekit.audit.key_files import load_keys
from servicekit.clock import utc_now
from servicekit.key_files import KeyFilesError
from tests.ticket_service.audit_keys import AUDIT_KEYS, write_keys
from ticket_service.mongo.store import MongoStore

_TWO = Keys({**AUDIT_KEYS.by_id, "test-2": b"n" * 32}, "test-2")


async def _start(mongod: Mongod, database: str, keys: Keys) -> None:
    store = MongoStore(mongod.uri, database, keys)
    try:
        await store.prepare(utc_now())
    finally:
        store.close()


async def test_keys_can_be_changed_while_the_old_one_stays(mongod: Mongod, database: str) -> None:
    await _start(mongod, database, AUDIT_KEYS)
    await _start(mongod, database, _TWO)

    with pytest.raises(SystemExit, match="test-1 is missing: it has signed audit records; put its file back"):
        await _start(mongod, database, Keys({"test-2": b"n" * 32}, "test-2"))


async def test_another_key_of_the_same_name_is_noticed(mongod: Mongod, database: str) -> None:
    await _start(mongod, database, AUDIT_KEYS)

    with pytest.raises(SystemExit, match="test-1 is another key than the one that signed"):
        await _start(mongod, database, Keys({"test-1": b"x" * 32}, "test-1"))


@pytest.mark.parametrize(
    ("files", "active", "said"),
    [
        ({}, "", "A_DIR: .* holds no key. .*put their files back.*openssl"),
        ({"a": "xyz"}, "", "A_DIR: not every file is a key"),
        ({"a": "a2V5"}, "", "holds 3 bytes; a key has 32"),
        ({"a b": "a2V5"}, "", "the name of a key has letters"),
        ({"a": "k" * 43 + "=", "b": "k" * 43 + "="}, "", "AN_ID: say which of a, b signs new records"),
        ({"a": "k" * 43 + "="}, "c", "AN_ID: there is no key c"),
    ],
)
def test_folder_that_cannot_be_used(tmp_path: Path, files: dict[str, str], active: str, said: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)

    with pytest.raises(KeyFilesError, match=said):
        load_keys(tmp_path, active, "A_DIR", "AN_ID")


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyFilesError, match="there is no folder"):
        load_keys(tmp_path / "x", "", "A_DIR", "AN_ID")


def test_keys_are_read(tmp_path: Path) -> None:
    write_keys(tmp_path, _TWO)

    assert load_keys(tmp_path, "test-1", "A_DIR", "AN_ID") == Keys(_TWO.by_id, "test-1")


def test_keys_do_not_print_themselves() -> None:
    assert "kkk" not in repr(AUDIT_KEYS)
