"""The search for secrets finds them, in whatever form they are planted, and nothing where nothing is."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pymongo
import pytest

from dev.leaks import Private, dump, in_databases, in_writings, log_files
from dev.local_stack.mongod import Mongod

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PRIVATE = Private(tokens=[TOKEN], words=["quokkaparade"], numbers=["+15551234567"])


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param(TOKEN, id="as it is"),
        pytest.param(TOKEN.upper(), id="in capitals"),
        pytest.param(TOKEN.encode(), id="as bytes"),
        pytest.param(bytes.fromhex(TOKEN), id="the bytes that it means"),
        pytest.param(base64.b64encode(TOKEN.encode()).decode(), id="base64"),
        pytest.param(base64.b64encode(f"AC1:{TOKEN}".encode()).decode(), id="in a Basic header"),
        pytest.param(base64.b64encode(b"xy" + TOKEN.encode() + b"z"), id="base64 of more"),
        pytest.param(base64.urlsafe_b64encode(bytes.fromhex(TOKEN)).decode(), id="base64 of its bytes"),
        pytest.param(TOKEN.encode().hex(), id="hex of hex"),
        pytest.param({"deep": [{"down": f"token={TOKEN}&x"}]}, id="within a document"),
    ],
)
def test_planted_token_is_found_in_the_database(mongod: Mongod, database: str, planted: Any) -> None:
    client: Any = pymongo.MongoClient(mongod.uri)
    with client:
        client[database]["things"].insert_one({"innocent": 1})
        before = {where: raw for where, raw in dump(mongod.uri).items() if database in where}
        client[database]["things"].insert_one({"planted": planted})
        after = {where: raw for where, raw in dump(mongod.uri).items() if database in where}

    assert in_databases(before, PRIVATE) == []
    assert in_databases(after, PRIVATE) == [f"an Auth Token in {database}.things"]


def test_what_was_removed_is_found_in_the_oplog(mongod: Mongod, database: str) -> None:
    token = "a1" * 8 + database.encode().hex()[:16]
    client: Any = pymongo.MongoClient(mongod.uri)
    with client:
        client[database]["things"].insert_one({"planted": token})
        client[database]["things"].delete_many({})

    assert in_databases(dump(mongod.uri), Private(tokens=[token])) == ["an Auth Token in local.oplog.rs"]


@pytest.mark.parametrize(
    "line",
    [
        "from +15551234567",
        "from 15551234567",
        "from 5551234567",
        "from (555) 123-4567",
        "from 555.123.4567",
        "from 1 555 123 4567",
        "GET /x?From=%2B15551234567",
        "GET /x?From=%2b1%20555%20123-4567",
        r'{"from": "\u002b15551234567"}',
        "From=%28555%29+123-4567",
    ],
)
def test_whole_number_is_found_in_logs(line: str) -> None:
    assert in_writings({"a.log": line.encode()}, PRIVATE) == ["a whole phone number in a.log"]


@pytest.mark.parametrize("write", [str, str.upper, quote, lambda text: base64.b64encode(text.encode()).decode()])
def test_text_is_found_in_logs(write: Callable[[str], str]) -> None:
    line = write("see the quokkaparade tonight")

    assert in_writings({"a.log": line.encode()}, PRIVATE) == ["a text in a.log"]


def test_token_is_found_in_logs_of_all_folders(tmp_path: Path) -> None:
    (tmp_path / "mongod").mkdir()
    (tmp_path / "mongod" / "mongod.log").write_text(f"slow query {TOKEN}")
    (tmp_path / "gateway.log").write_text("masked …4567, 2026-11-23T12:34:56.789012Z, tkt_01M8470BGDBY6908ZXPBKKDZRP")

    assert in_writings(log_files(tmp_path), PRIVATE) == ["an Auth Token in mongod/mongod.log"]
