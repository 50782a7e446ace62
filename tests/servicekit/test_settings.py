from pathlib import Path
from typing import Self

import pytest
from pydantic import Field, ValidationError, model_validator

from servicekit.settings import MongoSettings, load
from tests.identities import tls_dir


class ExampleSettings(MongoSettings):
    """What a service might have."""

    retries: int = Field(3, ge=0)
    region: str = Field("US", pattern="^[A-Z]{2}$", description="Two letters")
    first: int = 0
    last: int = 9

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("KEVA_FIRST must be at most KEVA_LAST")
        return self


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "MONGODB_URI",
        "LOG_LEVEL",
        "DRAIN_SECONDS",
        "REFLECTION",
        "GRPC_LISTEN",
        "RETRIES",
        "RPC_POLICY_FILE",
        "RPC_POLICY_OVERLAY_FILE",
    ):
        monkeypatch.delenv(f"KEVA_{name}", raising=False)
        monkeypatch.delenv(f"KEVA_{name}_FILE", raising=False)
    monkeypatch.setenv("KEVA_TLS_DIR", str(tls_dir("tester")))


def test_environment_and_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://x")
    monkeypatch.setenv("KEVA_RETRIES", "5")
    monkeypatch.setenv("KEVA_LOG_LEVEL", "")

    settings = load(ExampleSettings)

    assert (settings.mongodb_uri, settings.retries, settings.log_level, settings.reflection) == (
        "mongodb://x",
        5,
        "INFO",
        True,
    )


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://x")
    settings = load(ExampleSettings)

    with pytest.raises(ValidationError):
        settings.retries = 4  # type: ignore[misc]


def test_a_database_password_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://user:secret@x")

    assert "secret" not in repr(load(ExampleSettings))


def test_all_mistakes_are_reported_at_once_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    monkeypatch.setenv("KEVA_RETRIES", "my secret")
    monkeypatch.setenv("KEVA_LOG_LEVEL", "my secret")
    monkeypatch.setenv("KEVA_DRAIN_SECONDS_FILE", "/nowhere")
    monkeypatch.setenv("KEVA_GRPC_LISTEN_FILE", str(binary))

    with pytest.raises(SystemExit) as ended:
        load(ExampleSettings)

    printed = capsys.readouterr().err
    assert ended.value.code == 2
    assert {line.split(":")[0].strip() for line in printed.splitlines()[1:]} == {
        "KEVA_MONGODB_URI",
        "KEVA_RETRIES",
        "KEVA_LOG_LEVEL",
        "KEVA_DRAIN_SECONDS_FILE",
        "KEVA_GRPC_LISTEN_FILE",
    }
    assert "secret" not in printed


@pytest.mark.parametrize(
    ("given", "line"),
    [
        pytest.param(
            {"MONGODB_URI": ""},
            "KEVA_MONGODB_URI: must be set. Connection string of a MongoDB replica set",
            id="missing",
        ),
        pytest.param({"REGION": "usa"}, "KEVA_REGION: has the wrong form. Two letters", id="of another form"),
        pytest.param({"RETRIES": "-1"}, "KEVA_RETRIES: must be greater than or equal to 0", id="out of range"),
        pytest.param(
            {"LOG_LEVEL": "LOUD"}, "KEVA_LOG_LEVEL: must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'", id="no such choice"
        ),
        pytest.param({"GRPC_LISTEN": "x", "HEALTH_LISTEN": "x"}, "KEVA_HEALTH_LISTEN: must be host:port", id="ours"),
        pytest.param({"FIRST": "10"}, "KEVA_FIRST must be at most KEVA_LAST", id="two that contradict each other"),
    ],
)
def test_a_mistake_says_what_to_do(
    given: dict[str, str], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://x")
    for name, value in given.items():
        monkeypatch.setenv(f"KEVA_{name}", value)

    with pytest.raises(SystemExit):
        load(ExampleSettings)

    assert capsys.readouterr().err.splitlines()[1:] == [f"  {line}"]


def test_files_hold_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, content in (("MONGODB_URI", "mongodb://file\n"), ("RETRIES", "7"), ("LOG_LEVEL", "\n")):
        (tmp_path / name).write_text(content)
        monkeypatch.setenv(f"KEVA_{name}_FILE", str(tmp_path / name))

    settings = load(ExampleSettings)

    assert (settings.mongodb_uri, settings.retries, settings.log_level) == ("mongodb://file", 7, "INFO")


def test_the_environment_goes_before_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "uri").write_text("mongodb://file")
    monkeypatch.setenv("KEVA_MONGODB_URI_FILE", str(tmp_path / "uri"))
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://environment")

    assert load(ExampleSettings).mongodb_uri == "mongodb://environment"


def test_an_overlay_adds_callers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text("rpcs: {keva.ticket.v1.TicketService: {GetTicket: [crm]}}")
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://x")
    monkeypatch.setenv("KEVA_RPC_POLICY_OVERLAY_FILE", str(file))

    policy = load(ExampleSettings).policy

    assert "crm" in policy.callers["keva.ticket.v1.TicketService/GetTicket"]


def test_an_overlay_that_opens_secrets_ends_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text("rpcs: {keva.credentials.v1.CredentialsService: {AccessCredential: [crm]}}")
    monkeypatch.setenv("KEVA_MONGODB_URI", "mongodb://x")
    monkeypatch.setenv("KEVA_RPC_POLICY_OVERLAY_FILE", str(file))

    with pytest.raises(SystemExit):
        load(ExampleSettings)

    said = capsys.readouterr().err
    assert f"KEVA_RPC_POLICY_OVERLAY_FILE: {file}" in said
    assert "AccessCredential stays closed" in said
