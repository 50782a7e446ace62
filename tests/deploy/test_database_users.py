"""Compose's and the single node's MongoDB: what makes its users is run on a real mongod, started as they start theirs,
with the files that their own first lines write; then each user tries what it may and what it may not."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]
from pymongo.errors import OperationFailure, PyMongoError

from dev.local_stack.mongod import find_mongod
from dev.local_stack.ports import free_port
from dev.local_stack.processes import ChildProcess
from dev.process_list import PROCESSES
from servicekit.mongo.database_users import DatabaseUser, as_member
from tests.in_memory import folder_in_memory

ROOT = Path(__file__).parents[2]
SINGLE_NODE = ROOT / "deploy" / "overlays" / "single-node"
UNAUTHORIZED, AUTHENTICATION_FAILED = 13, 18

Client = pymongo.MongoClient[dict[str, Any]]


@dataclass(frozen=True)
class Described:
    """What one of the deployments says: mongod's command line, the job's, and the shell lines that make the files."""

    mongod: list[str]
    job: list[str]
    shell: str
    host: str


def _comment_lines(path: Path) -> list[str]:
    return [line.removeprefix("#").strip() for line in path.read_text().splitlines() if line.startswith("#")]


def _of_compose() -> Described:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    job = services["mongodb-users"]
    lines = _comment_lines(ROOT / "deploy" / "compose.yaml")
    begin = next(number for number, line in enumerate(lines) if "openssl rand -base64 96" in line)
    shell = "\n".join(lines[begin : lines.index("done") + 1]).replace("deploy/secrets/mongodb", "secrets")
    return Described(services["mongodb"]["command"], [*job["entrypoint"], *job["command"]], shell, "mongodb:27017")


def _of_the_single_node() -> Described:
    [stateful_set] = [o for o in _objects("mongodb.yaml") if o["kind"] == "StatefulSet"]
    [job] = [o for o in _objects("mongodb-users.yaml") if o["kind"] == "Job"]
    [mongod] = stateful_set["spec"]["template"]["spec"]["containers"]
    [users] = job["spec"]["template"]["spec"]["containers"]
    lines = _comment_lines(SINGLE_NODE / "kustomization.yaml")
    begin = next(number for number, line in enumerate(lines) if line.startswith("for user in"))
    # In place of the Secret that the Job mounts: the same string at the same place.
    secret = re.compile(r"kubectl .*--from-literal=uri=\"\$uri\"")
    loop = secret.sub('mkdir -p secrets/${user%:*} && echo "$uri" > secrets/${user%:*}/uri', "\n".join(lines[begin:]))
    key = "mkdir -p secrets && openssl rand -base64 96 > secrets/key"
    shell = f"{key}\n{loop.partition('done')[0]}done"
    return Described(mongod["args"], [*users["command"], *users["args"]], shell, "mongodb-0.mongodb:27017")


def _objects(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((SINGLE_NODE / name).read_text()))


@dataclass
class Deployment:
    """A mongod, and the files beside it."""

    described: Described
    folder: Path
    port: int

    def uri(self, user: str) -> str:
        """The connection string that a service of that name is given, here."""
        written = (self.folder / "secrets" / user / "uri").read_text().strip()
        assert self.described.host in written
        return written.replace(self.described.host, f"127.0.0.1:{self.port}")

    def client(self, uri: str) -> Client:
        return pymongo.MongoClient(uri, serverSelectionTimeoutMS=10_000)

    async def make_users(self) -> str:
        """Runs the job to its end: what it has said."""
        command = [word.replace("/etc/keva/mongodb", str(self.folder / "secrets")) for word in self.described.job]
        command = [word.replace(self.described.host, f"127.0.0.1:{self.port}") for word in command]
        assert command[0] == "python"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *command[1:]),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        return said.decode()


@pytest.fixture(
    params=[pytest.param(_of_compose, id="Compose"), pytest.param(_of_the_single_node, id="single node")],
)
async def deployment(request: pytest.FixtureRequest) -> AsyncIterator[Deployment]:
    """The users are made."""
    described: Described = request.param()
    with folder_in_memory() as folder:
        shell = await asyncio.create_subprocess_exec("bash", "-euc", described.shell, cwd=folder)
        assert await shell.wait() == 0
        (folder / "secrets" / "key").chmod(0o400)
        started = Deployment(described, folder, free_port())
        process = await _start(started)
        await started.make_users()
        yield started
        process.kill()
        await process.exited


async def _start(deployment: Deployment) -> ChildProcess:
    """mongod, with the arguments of the deployment, save for where it finds things here."""
    _, *arguments = deployment.described.mongod
    arguments[arguments.index("--keyFile") + 1] = str(deployment.folder / "secrets" / "key")
    arguments[arguments.index("--bind_ip_all")] = "--nounixsocket"
    data = deployment.folder / "data"
    data.mkdir()
    own = ["--dbpath", str(data), "--port", str(deployment.port), "--bind_ip", "127.0.0.1"]
    return await ChildProcess.start("mongod", [find_mongod(), *arguments, *own], os.environ, lambda _, __: None)


def refused(what: Callable[..., object], *arguments: Any) -> bool:
    """Whether the database refuses it to whoever asks."""
    try:
        what(*arguments)
    except OperationFailure as error:
        return error.code in (UNAUTHORIZED, AUTHENTICATION_FAILED)
    return False


DATABASES = {process.name: process.database for process in PROCESSES if process.database}


async def test_each_service_may_use_its_own_database_alone(deployment: Deployment) -> None:
    for service, own in DATABASES.items():
        with deployment.client(deployment.uri(service)) as client:
            # Before there is anything in it, as services do: a mongod builds three indexes over documents and, now and
            # then, waits for ever with the fourth.
            client[own]["things"].create_index("whose")
            with client.start_session() as session, session.start_transaction():
                client[own]["things"].insert_one({"whose": service}, session=session)
            with client[own]["things"].watch():
                pass
            client["admin"].command("killSessions", [])
            list(client["admin"].aggregate([{"$currentOp": {"allUsers": False, "idleSessions": True}}]))
            for other in {*DATABASES.values(), "admin", "local", "another"} - {own}:
                assert refused(client[other]["things"].find_one), (service, other)
                assert refused(client[other]["things"].insert_one, {}), (service, other)
            assert refused(lambda: client["admin"].command("createUser", "mine", pwd="x", roles=["root"]))
            assert refused(lambda: client["admin"].command("replSetGetConfig"))
    with deployment.client(deployment.uri("administrator")) as client:
        found = {own: client[own]["things"].find_one({}, {"_id": 0}) for own in DATABASES.values()}
    assert found == {own: {"whose": service} for service, own in DATABASES.items()}


async def test_nobody_is_let_in_without_a_password(deployment: Deployment) -> None:
    nobody = f"mongodb://127.0.0.1:{deployment.port}/?replicaSet=keva"
    guessing = f"mongodb://ticket_service:guess@127.0.0.1:{deployment.port}/keva_tickets?replicaSet=keva"

    with deployment.client(nobody) as client:
        assert refused(client["keva_tickets"]["messages"].find_one)
        assert refused(lambda: client["admin"].command("createUser", "mine", pwd="x", roles=["root"]))
    with deployment.client(guessing) as client:
        assert refused(client["keva_tickets"]["messages"].find_one)


async def test_another_password_in_a_file_holds_from_the_next_run_on(deployment: Deployment) -> None:
    before = deployment.uri("sms_service")
    file = deployment.folder / "secrets" / "sms_service" / "uri"
    file.write_text(re.sub(r":[0-9a-f]{48}@", ":another@", file.read_text()))

    said = await deployment.make_users()

    with deployment.client(deployment.uri("sms_service")) as client:
        client["keva_sms"]["things"].insert_one({})
    with deployment.client(before) as client:
        assert refused(client["keva_sms"]["things"].find_one)
    with deployment.client(deployment.uri("ticket_service")) as client:
        client["keva_tickets"]["things"].insert_one({})
    assert "another" not in said


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("mongodb://db:27017/keva_sms", "must name a user, a password and a database"),
        ("mongodb://sms:sesame@db:27017/?replicaSet=keva", "must name a user, a password and a database"),
        ("mongodb://sms:sesame@db:27017/keva_sms?authSource=admin", "must leave out authSource"),
        ("sesame", "is not a connection string"),
    ],
)
def test_a_connection_string_of_no_use_is_refused_and_not_quoted(uri: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as raised:
        DatabaseUser.of(uri)

    assert "sesame" not in str(raised.value)


async def test_a_wrong_key_makes_no_users(deployment: Deployment) -> None:
    key = deployment.folder / "secrets" / "key"
    with pytest.raises(PyMongoError), _as_member(deployment, "x" * 64) as client:
        client["admin"].command("replSetGetConfig")
    with _as_member(deployment, key.read_text()) as client:
        assert client["admin"].command("replSetGetConfig")["ok"]


def _as_member(deployment: Deployment, key: str) -> Any:
    return as_member(f"127.0.0.1:{deployment.port}", key, serverSelectionTimeoutMS=5000)
