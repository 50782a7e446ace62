"""What a local Keva keeps in `.keva/` of its folder: the lock, the key ring, the certificates, the addresses for the
command line."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.local_stack.mongod import Access
from dev.local_stack.supervisor import StackError
from dev.process_list import PROCESSES
from servicekit.mongo.database_users import ADMINISTRATION, DatabaseUser
from servicekit.own_paths import NotOwn, require_own

_KEY_BYTES = 32
_TOKEN_BYTES = 16
# Of the tools that look into all databases: chaos, benchmark, tests; and of whoever runs the stack.
ADMINISTRATOR = "administrator"


class StateFolder:
    """`.keva/` of a working folder. Only its owner may look into it: it holds keys, passwords and the demo account's
    token."""

    def __init__(self, working_folder: Path) -> None:
        self.path = working_folder.absolute() / ".keva"
        self._lock: int | None = None

    @property
    def mongodb(self) -> Path:
        """mongod's data."""
        return self.path / "mongodb"

    @property
    def keys(self) -> Path:
        """The key ring: one file per key-encryption key."""
        return self.path / "keys"

    @property
    def audit_keys(self) -> Path:
        """The keys that sign the audit trail."""
        return self.path / "audit_keys"

    @property
    def tls(self) -> Path:
        """A folder per identity with its certificate, and `ca`."""
        return self.path / "tls"

    @property
    def passwords(self) -> Path:
        """The passwords of the database's users, a file for each, the database's key, and the simulator's token."""
        return self.path / "passwords"

    @property
    def active_key(self) -> Path:
        """Which of them encrypts what is new."""
        return self.keys / "active"

    @property
    def logs(self) -> Path:
        """One log per process."""
        return self.path / "logs"

    @property
    def addresses(self) -> Path:
        """stack.json: where everything listens, while it runs."""
        return self.path / "stack.json"

    def take(self) -> None:
        """Makes the folder and claims it for this process, until `release` or its end. Raises StackError when another
        process has it, or another user can have put something there."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            require_own(self.path)
        except NotOwn as error:
            raise StackError(f"{error}. {error.advice}") from None
        self.path.chmod(0o700)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(lock, 20).decode(errors="replace").strip()
            os.close(lock)
            raise StackError(
                f"Keva is running in {self.path.parent} already (process {owner or 'unknown'}). Stop it there with "
                "Ctrl-C, or start this one in another folder with --folder."
            ) from None
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock
        self.withdraw()

    def release(self) -> None:
        """Removes the addresses and gives up the claim. Doing it twice, or without a claim, is not an error."""
        if self._lock is not None:
            self.withdraw()
            os.close(self._lock)
            self._lock = None

    def publish(self, addresses: Mapping[str, Any]) -> None:
        """Writes stack.json in one step: a reader sees all of it or none."""
        self._write_private(self.addresses, json.dumps(addresses, indent=2) + "\n")

    def withdraw(self) -> None:
        """Removes stack.json, if it is there."""
        self.addresses.unlink(missing_ok=True)

    def active_audit_key_id(self) -> str:
        """The id of the newest audit key; makes the first one."""
        return self._newest_key_id(self.audit_keys)

    def prepare_keys(self) -> None:
        """Makes the first key-encryption key, and lets the file `active` name one: the newest, unless it is there."""
        if not self.active_key.exists():
            self._write_private(self.active_key, self._newest_key_id(self.keys) + "\n")

    def _newest_key_id(self, folder: Path) -> str:
        folder.mkdir(mode=0o700, exist_ok=True)
        ids = sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime)
        if ids:
            return ids[-1].name
        # A random id: data under the key of a folder that was deleted shall not look as if this one opened it.
        key_id = f"local-{secrets.token_hex(4)}"
        self._write_private(folder / key_id, base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n")
        return key_id

    def demo_auth_token(self) -> str:
        """The demo account's Auth Token: random, and the same at each start in this folder."""
        return self._secret(self.path / "demo_auth_token")

    def demo(self) -> dict[str, str]:
        """What `remember_demo` was told last; empty before."""
        try:
            return {name: str(value) for name, value in json.loads(self._demo.read_text()).items()}
        except FileNotFoundError:
            return {}

    def remember_demo(self, facts: Mapping[str, str]) -> None:
        """Keeps that the demo has been set up, and what later starts need of it."""
        self._write_private(self._demo, json.dumps(dict(facts), indent=2) + "\n")

    @property
    def _demo(self) -> Path:
        return self.path / "demo.json"

    def simulator_token(self) -> str:
        """What the Twilio simulator asks for from whoever orders something of it, as `demo_auth_token`."""
        return self._secret(self.passwords / "twilio_simulator")

    def mongodb_access(self) -> Access:
        """The database's key, and its users: each service with a database, and one that may everything. Their
        passwords are as `demo_auth_token`."""
        key_file = self.passwords / "mongodb_key"
        self._secret(key_file)
        databases = {process.name: process.database for process in PROCESSES if process.database}
        users = {
            name: DatabaseUser(name, self._secret(self.passwords / name), database)
            for name, database in {**databases, ADMINISTRATOR: ADMINISTRATION}.items()
        }
        return Access(key_file, users)

    def _secret(self, path: Path) -> str:
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._write_private(path, secrets.token_hex(_TOKEN_BYTES) + "\n")
        return path.read_text().strip()

    def _write_private(self, path: Path, text: str) -> None:
        # Made here and not beside `path`: every file in the folder of keys is a key.
        unfinished = self.path / ".unfinished"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        unfinished.replace(path)
