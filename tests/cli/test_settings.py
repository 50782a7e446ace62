"""Where addresses and the acting person come from."""

import json
import os
from pathlib import Path

import pytest

from cli.exit_codes import ExitCode, exit_code
from cli.settings import resolve
from cli.stack_file import STACK_FILE
from client.failure import Failure
from servicekit.rpc.request_context import Actor

STACK = {
    "ticket_service": "127.0.0.1:1001",
    "sms_service": "127.0.0.1:1002",
    "gateway": "http://127.0.0.1:1003",
    "simulator": "http://127.0.0.1:1004",
    "mongodb_uri": "mongodb://127.0.0.1:1005",
    "demo": {"account_sid": "AC1", "phone_number": "+15550001111"},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder, and no KEVA_ settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("TICKET_SERVICE", "SMS_SERVICE", "SIMULATOR_URL", "PUBLIC_URL", "ORGANIZATION", "WORKSPACE", "ACTOR"):
        monkeypatch.delenv(f"KEVA_{name}", raising=False)
    return tmp_path


def write_stack(text: str) -> None:
    """What the local stack would write."""
    STACK_FILE.parent.mkdir()
    STACK_FILE.write_text(text)


def test_defaults() -> None:
    settings = resolve({}, as_json=False)

    assert (settings.organization, settings.workspace) == ("default", "default")
    assert settings.ticket_service == "127.0.0.1:50051"
    assert settings.sms_service == "127.0.0.1:50052"
    assert settings.simulator == "http://127.0.0.1:8090"
    assert settings.actor.kind == "operator"
    assert settings.webhook_url == "https://<public address of your gateway>/api/webhooks/twilio"


def test_the_local_stack_then_the_environment_then_options(monkeypatch: pytest.MonkeyPatch) -> None:
    write_stack(json.dumps(STACK))
    monkeypatch.setenv("KEVA_SMS_SERVICE", "sms:1")
    monkeypatch.setenv("KEVA_SIMULATOR_URL", "http://simulator:1")
    monkeypatch.setenv("KEVA_ACTOR", "agent:anna")

    settings = resolve({"simulator": "http://other:1", "actor": None}, as_json=True)

    assert settings.ticket_service == "127.0.0.1:1001"
    assert settings.sms_service == "sms:1"
    assert settings.simulator == "http://other:1"
    assert settings.actor == Actor("agent", "anna")
    assert settings.demo_number == "+15550001111"
    assert settings.webhook_url == "http://127.0.0.1:1003/api/webhooks/twilio"


def test_the_public_url_comes_before_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    write_stack(json.dumps({**STACK, "public_url": "https://tunnel.example"}))
    assert resolve({}, as_json=False).webhook_url == "https://tunnel.example/api/webhooks/twilio"

    monkeypatch.setenv("KEVA_PUBLIC_URL", "https://sms.example/")
    assert resolve({}, as_json=False).webhook_url == "https://sms.example/api/webhooks/twilio"


@pytest.mark.parametrize("text", [pytest.param("{", id="no JSON"), pytest.param("[]", id="no object")])
def test_a_broken_stack_file_is_named(text: str) -> None:
    write_stack(text)

    with pytest.raises(Failure, match=r"stack\.json") as raised:
        resolve({}, as_json=False)

    assert exit_code(raised.value) is ExitCode.USAGE


def test_a_stack_file_that_others_can_write_is_not_believed(folder: Path) -> None:
    write_stack(json.dumps(STACK))
    (folder / ".keva").chmod(0o777)

    with pytest.raises(Failure, match=r"is not believed: .*\.keva can be written by other users") as raised:
        resolve({}, as_json=False)

    assert exit_code(raised.value) is ExitCode.USAGE
    assert "chmod go-w" in raised.value.advice


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
@pytest.mark.parametrize("theirs", [".keva", ".keva/stack.json", "tls/operator"])
def test_a_stack_of_somebody_else_is_not_believed(folder: Path, theirs: str) -> None:
    (folder / "tls" / "operator").mkdir(parents=True)
    write_stack(json.dumps({**STACK, "tls_dir": str(folder / "tls" / "operator")}))
    resolve({}, as_json=False)
    os.chown(folder / theirs, 65534, -1)

    with pytest.raises(Failure, match=r"is not believed: .* belongs to ") as raised:
        resolve({}, as_json=False)

    assert "folder of your own" in raised.value.advice


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another user")
def test_somebody_elses_folder_without_a_stack_is_no_matter(folder: Path) -> None:
    (folder / ".keva").mkdir()
    os.chown(folder / ".keva", 65534, -1)

    assert resolve({}, as_json=False).ticket_service == "127.0.0.1:50051"
