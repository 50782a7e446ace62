import base64
import json
import os
import stat
from pathlib import Path

import pytest

from dev.local_stack.state import StateFolder
from dev.local_stack.supervisor import StackError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    state = StateFolder(tmp_path)
    state.take()
    return state


def test_a_folder_is_taken_once(state: StateFolder, tmp_path: Path) -> None:
    with pytest.raises(StackError, match=rf"is running in {tmp_path} already \(process {os.getpid()}\)"):
        StateFolder(tmp_path).take()

    state.release()
    state.release()
    StateFolder(tmp_path).take()


def test_the_refused_one_leaves_the_addresses_alone(state: StateFolder, tmp_path: Path) -> None:
    state.publish({"gateway": "http://127.0.0.1:8080"})
    second = StateFolder(tmp_path)

    with pytest.raises(StackError):
        second.take()
    second.release()

    assert json.loads(state.addresses.read_text()) == {"gateway": "http://127.0.0.1:8080"}


def test_addresses_are_there_while_it_runs(state: StateFolder, tmp_path: Path) -> None:
    state.publish({"gateway": "a"})
    state.publish({"gateway": "b"})
    assert json.loads((tmp_path / ".keva" / "stack.json").read_text()) == {"gateway": "b"}
    assert _mode(state.addresses) == 0o600

    state.release()

    assert not state.addresses.exists()


def test_addresses_that_a_crash_left_behind_are_removed(state: StateFolder, tmp_path: Path) -> None:
    state.release()
    state.publish({"gateway": "gone"})

    StateFolder(tmp_path).take()

    assert not state.addresses.exists()


def test_the_first_key_is_made_once_and_for_its_owner_only(state: StateFolder) -> None:
    state.prepare_keys()
    key_id = state.active_key.read_text().strip()
    state.prepare_keys()

    assert {path.name for path in state.keys.iterdir()} == {key_id, "active"}
    assert len(base64.b64decode((state.keys / key_id).read_text(), validate=False)) == 32
    assert [_mode(path) for path in (state.path, state.keys, state.keys / key_id)] == [0o700, 0o700, 0o600]


def test_the_newest_key_is_active_unless_one_has_been_chosen(state: StateFolder) -> None:
    state.prepare_keys()
    first = state.keys / state.active_key.read_text().strip()
    newer = state.keys / "a-newer-one"
    newer.write_text(first.read_text())
    os.utime(first, (1, 1))

    state.prepare_keys()
    assert state.active_key.read_text().strip() == first.name
    state.active_key.unlink()
    state.prepare_keys()
    assert state.active_key.read_text().strip() == "a-newer-one"


def test_the_demo_token_is_remembered_and_private(state: StateFolder, tmp_path: Path) -> None:
    token = state.demo_auth_token()

    assert len(token) == 32
    assert StateFolder(tmp_path).demo_auth_token() == token
    assert _mode(state.path / "demo_auth_token") == 0o600


def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / ".keva").mkdir(mode=0o755)

    StateFolder(tmp_path).take()

    assert _mode(tmp_path / ".keva") == 0o700


def test_a_folder_that_others_could_write_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".keva").mkdir()
    (tmp_path / ".keva").chmod(0o777)

    with pytest.raises(StackError, match=r"can be written by other users.*chmod go-w"):
        StateFolder(tmp_path).take()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_a_folder_that_somebody_else_has_made_is_not_used(tmp_path: Path) -> None:
    (tmp_path / ".keva").mkdir()
    os.chown(tmp_path / ".keva", 65534, -1)

    with pytest.raises(StackError, match="belongs to"):
        StateFolder(tmp_path).take()


def test_passwords_are_each_users_own_remembered_and_private(state: StateFolder, tmp_path: Path) -> None:
    access = state.mongodb_access()

    assert {user.database for user in access.users.values()} == {
        "keva_tickets",
        "keva_sms",
        "keva_credentials",
        "keva_console",
        "admin",
    }
    secrets = {*(user.password for user in access.users.values()), access.key_file.read_text(), state.simulator_token()}
    assert len(secrets) == len(access.users) + 2
    assert StateFolder(tmp_path).mongodb_access() == access
    assert StateFolder(tmp_path).simulator_token() == state.simulator_token()
    assert {_mode(path) for path in state.passwords.iterdir()} == {0o600}
    assert access.users["sms_service"].password not in repr(access)
