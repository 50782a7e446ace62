"""A database user for each service, made of the connection strings that the services get:
`python -m servicekit.mongo.database_users`. For a MongoDB with one member that Keva brings itself: on a laptop, with
Compose, on a single node. Whoever brings a MongoDB makes its users there.

It signs in as members of the replica set do to each other, with their key. So no administrator is needed who would have
to exist before the first user, and mongod can be told to let nobody in without a password, not even from its own
machine (`enableLocalhostAuthBypass=0`).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

Client = pymongo.MongoClient[dict[str, Any]]

# Who may use this database administers all of them.
ADMINISTRATION = "admin"
_MEMBER = "__system"
_MECHANISM = "SCRAM-SHA-256"
_ALREADY_INITIALIZED, _USER_EXISTS = 23, 51003
_PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class DatabaseUser:
    """A user who may read and write `database`, and nothing else; of `admin`, everything."""

    name: str
    password: str = field(repr=False)
    database: str

    @classmethod
    def of(cls, uri: str) -> "DatabaseUser":
        """Whom the connection string is for. Raises ValueError, which does not quote it, when it names no user,
        password or database, or another database to look the user up in."""
        try:
            parsed = parse_uri(uri, validate=False, warn=False)
        except PyMongoError:
            raise ValueError("is not a connection string for MongoDB") from None
        name, password, database = parsed["username"], parsed["password"], parsed["database"]
        if not (name and password and database):
            raise ValueError("must name a user, a password and a database: mongodb://USER:PASSWORD@HOST/DATABASE")
        if parsed["options"].get("authSource", database) != database:
            raise ValueError("must leave out authSource: its user is made in its own database")
        return cls(name, password, database)

    def uri(self, hosts: str) -> str:
        """The connection string of this user; `hosts` as `host:port`."""
        return f"mongodb://{self.name}:{self.password}@{hosts}/{self.database}?replicaSet=keva"


def as_member(host: str, key: str, **options: Any) -> AbstractContextManager[Client]:
    """A client of the mongod at `host` (`host:port`) alone, with all rights: those of a member of its replica set.
    `key` is what stands in its key file."""
    password = "".join(key.split())
    return pymongo.MongoClient(
        host,
        directConnection=True,
        username=_MEMBER,
        password=password,
        authSource="local",
        authMechanism=_MECHANISM,
        **options,
    )


def become_primary(client: Client, host: str) -> bool:
    """Makes mongod the only member of a replica set, as `host`, unless it is one. Whether it takes writes by now: ask
    again until then. Raises the driver's errors."""
    if client.admin.command("hello").get("isWritablePrimary"):
        return True
    members = [{"_id": 0, "host": host}]
    try:
        client.admin.command("replSetInitiate", {"_id": "keva", "members": members})
    except OperationFailure as error:
        if error.code != _ALREADY_INITIALIZED:
            raise
        _take_address_over(client, host)
    return False


def _take_address_over(client: Client, host: str) -> None:
    """A replica set remembers its address; data of another place is told the new one."""
    config = client.admin.command("replSetGetConfig")["config"]
    if len(config["members"]) == 1 and config["members"][0]["host"] != host:
        config["members"][0]["host"] = host
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


def put_user(client: Client, user: DatabaseUser) -> None:
    """Makes the user; one that is there gets the password and the rights that are wanted now. Raises the driver's
    errors."""
    role = "root" if user.database == ADMINISTRATION else "readWrite"
    wanted: dict[str, Any] = {
        "pwd": user.password,
        "roles": [{"role": role, "db": user.database}],
        "mechanisms": [_MECHANISM],
        "writeConcern": {"w": "majority"},
    }
    try:
        client[user.database].command("createUser", user.name, **wanted)
    except OperationFailure as error:
        if error.code != _USER_EXISTS:
            raise
        client[user.database].command("updateUser", user.name, **wanted)


def main(argv: Sequence[str] | None = None) -> int:
    """Makes the users, as soon as mongod lets it. Returns 1 if it does not within five minutes, or refuses one."""
    parser = argparse.ArgumentParser(
        prog="python -m servicekit.mongo.database_users",
        description="Makes mongod the only member of its replica set, and a user for each connection string: with the "
        "name, the password and the database that stand in it.",
    )
    parser.add_argument("--member", required=True, metavar="HOST:PORT", help="where mongod is, for itself and others")
    parser.add_argument("--key-file", type=Path, required=True, help="mongod's key file")
    parser.add_argument("uri_files", type=Path, nargs="+", metavar="FILE", help="a file with a connection string")
    arguments = parser.parse_args(argv)
    users = [_read_user(file) for file in arguments.uri_files]
    with as_member(arguments.member, arguments.key_file.read_text(), serverSelectionTimeoutMS=5000) as client:
        if not _until_primary(client, arguments.member):
            return 1
        return max(_made(client, user) for user in users)


def _made(client: Client, user: DatabaseUser) -> int:
    """The exit status. What the database says is left out: it may quote the command, and the password with it."""
    try:
        put_user(client, user)
    except PyMongoError as error:
        print(f"{user.name} was not made: {_name(error)}", file=sys.stderr)
        return 1
    print(f"{user.name} may use {user.database}")
    return 0


def _read_user(file: Path) -> DatabaseUser:
    try:
        return DatabaseUser.of(file.read_text().strip())
    except (OSError, UnicodeError) as error:
        raise SystemExit(f"{file} cannot be read: {type(error).__name__}") from None
    except ValueError as error:
        raise SystemExit(f"{file} {error}") from None


def _until_primary(client: Client, host: str) -> bool:
    give_up, said = time.monotonic() + _PATIENCE_SECONDS, ""
    while time.monotonic() < give_up:
        try:
            if become_primary(client, host):
                return True
        except PyMongoError as error:
            trouble = f"waiting for {host}: {_name(error)}"
            if trouble != said:
                print(trouble, file=sys.stderr, flush=True)
            said = trouble
        time.sleep(_POLL_SECONDS)
    print(f"{host} did not become a primary", file=sys.stderr)
    return False


def _name(error: PyMongoError) -> str:
    return f"{type(error).__name__} {getattr(error, 'code', None) or ''}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
