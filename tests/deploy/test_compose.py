"""What must hold in the Compose file."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.settings import SOURCES
from dev.process_list import PROCESSES, Process
from dev.process_list import SERVICES as PROCESS_NAMES
from servicekit.rpc.certificates import read
from servicekit.rpc.identity import OPERATOR
from tests.docs.pages import Page
from tests.docs.test_references import unknown_commands

ROOT = Path(__file__).parents[2]

SERVICES = [process.object_name for process in PROCESSES]
# ${NAME}, ${NAME:-default} and ${NAME:?what to do}.
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def _filled_in(value: str) -> str:
    """With defaults, and an address where one must be given."""
    return _VARIABLE.sub(lambda m: m[3] if m[2] == "-" else "https://sms.example.com", value)


@pytest.mark.parametrize("service", SERVICES)
def test_service_starts_with_its_settings(
    service: str, compose: dict[str, Any], check_settings: Callable[[str, Mapping[str, str]], None]
) -> None:
    environment = {name: _filled_in(value) for name, value in compose["services"][service]["environment"].items()}

    check_settings(service.replace("-", "_"), environment)


@pytest.mark.parametrize("service", SERVICES)
def test_image_is_built_for_the_service(service: str, compose: dict[str, Any]) -> None:
    package = service.replace("-", "_")

    assert compose["services"][service]["build"]["args"] == {"SERVICE": package}
    assert compose["services"][service]["image"].partition(":")[0] == f"keva-sms/{package}"
    assert f"!{package}" in (ROOT / ".dockerignore").read_text().splitlines()


@pytest.mark.parametrize("service", SERVICES)
def test_addresses_are_those_that_services_listen_on(service: str, compose: dict[str, Any]) -> None:
    services = compose["services"]

    for name, address in services[service]["environment"].items():
        if re.fullmatch(r"KEVA_\w+_SERVICE", name):
            peer, _, port = address.partition(":")
            assert peer == name.removeprefix("KEVA_").lower().replace("_", "-")
            assert services[peer]["environment"]["KEVA_GRPC_LISTEN"] == f"0.0.0.0:{port}"
            assert set(services[peer]["networks"]) & set(services[service]["networks"])


@pytest.mark.parametrize("service", SERVICES)
def test_each_has_its_own_certificate(service: str, compose: dict[str, Any]) -> None:
    described = compose["services"][service]
    sources = {volume["target"]: volume["source"] for volume in described["volumes"]}

    assert sources[described["environment"]["KEVA_TLS_DIR"]] == f"./secrets/tls/{service.replace('-', '_')}"
    assert all(volume["read_only"] for volume in described["volumes"])


@pytest.mark.parametrize("process", [process for process in PROCESSES if process.has_database], ids=lambda p: p.name)
def test_each_has_its_own_user_of_the_database(process: Process, compose: dict[str, Any]) -> None:
    described = compose["services"][process.object_name]
    sources = {volume["target"]: volume["source"] for volume in described["volumes"]}

    assert described["environment"]["KEVA_MONGODB_URI_FILE"] == "/etc/keva/mongodb/uri"
    assert sources["/etc/keva/mongodb"] == f"./secrets/mongodb/{process.name}"
    assert "mongodb-users" in described["depends_on"]


def test_passwords_of_all_are_for_what_makes_the_users(compose: dict[str, Any]) -> None:
    holders = {
        name: volume["source"]
        for name, service in compose["services"].items()
        for volume in service["volumes"]
        if isinstance(volume, dict) and "mongodb" in volume["source"]
    }
    services = {process.object_name for process in PROCESSES if process.has_database}

    assert {name for name, source in holders.items() if source == "./secrets/mongodb"} == {"mongodb-users"}
    assert holders.keys() == {*services, "mongodb", "mongodb-users"}
    assert holders["mongodb"] == "./secrets/mongodb/key"


def test_doors_are_published_to_this_machine_alone(compose: dict[str, Any]) -> None:
    """Twilio's and people's, for the proxy; and for the `keva` command those of services, which ask for a certificate,
    and the gateway's health."""
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}

    assert {name: {port for port in map(_published, ports)} for name, ports in published.items()} == {
        "gateway": {8080, 8081},
        "console": {8070, 50055},
        "ticket-service": {50051},
        "sms-service": {50052},
        "responder-service": {50054},
    }


def _published(port: str) -> int:
    """The same number outside and inside."""
    host, outside, inside = port.split(":")
    assert (host, outside) == ("127.0.0.1", inside)
    return int(inside)


def test_keva_finds_all_of_it_from_this_machine(compose: dict[str, Any]) -> None:
    """Where it looks unless told otherwise, and what the first lines tell it besides. On a network without a way out no
    port is published."""
    services, networks = compose["services"], compose["networks"]
    told = dict(re.findall(r"(KEVA_\w+)=(\$\(.*\)\S+|\S+)", "\n".join(_commands("The `keva` command"))))

    for process in (process for process in PROCESSES if process.grpc_port or process.speaks == "grpc"):
        named = process.object_name
        source = SOURCES.get(process.name) or SOURCES[f"{process.name}_service"]
        if any(not (networks[network] or {}).get("internal") for network in services[named]["networks"]):
            host, _, port = told.get(source.variable, source.default).partition(":")
            assert (host, f"127.0.0.1:{port}:{port}" in services[named]["ports"]) == ("127.0.0.1", True)
        else:
            [network] = services[named]["networks"]
            project, port = compose["name"], process.port
            assert f".Networks.{project}_{network}.IPAddress" in told[source.variable]
            assert told[source.variable].endswith(f" {project}-{named}-1):{port}")
    assert told["KEVA_TLS_DIR"] == f"~/keva-tls/{OPERATOR}"


def test_first_lines_call_keva_as_it_is() -> None:
    lines = "\n".join(f"    {line}" for line in _commands("The `keva` command"))

    assert "keva agents add" in lines
    assert "--role administrator" in lines
    assert list(unknown_commands(Page("deploy/compose.yaml", lines))) == []


def _commands(introduction: str) -> list[str]:
    """The indented lines of the head that follow the first one with these words."""
    lines = (ROOT / "deploy" / "compose.yaml").read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("#") and introduction in line)
    block = itertools.dropwhile(lambda line: not line.startswith("#   "), lines[begin:])
    return [line.removeprefix("#   ") for line in itertools.takewhile(lambda line: line.startswith("#   "), block)]


def test_renewed_certificates_come_where_the_containers_look(tmp_path: Path) -> None:
    first = [line for line in _commands("Before the first start") if "tls" in line and "sudo" not in line]
    _run(tmp_path, *first)
    before = {name: read(tmp_path / "deploy" / "secrets" / "tls" / name) for name in PROCESS_NAMES}
    _run(tmp_path, ".venv/bin/python -m dev.local_stack.certificates --dir ~/keva-tls --renew")

    _run(tmp_path, *_commands("Once a month"))

    for name in PROCESS_NAMES:
        now = read(tmp_path / "deploy" / "secrets" / "tls" / name)
        assert now == read(tmp_path / "keva-tls" / name)
        assert now.chain != before[name].chain
    assert not (tmp_path / "deploy" / "secrets" / "tls" / OPERATOR).exists()
    assert not list((tmp_path / "deploy" / "secrets" / "tls").glob("ca*"))


def _run(folder: Path, *lines: str) -> None:
    """Runs lines of the head as if `folder` were both the repository and the home."""
    shell = "\n".join(lines).replace("make setup &&", "").replace("sudo ", "").replace(".venv/bin/python", "python")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder), "PYTHONPATH": str(ROOT)}
    subprocess.run(["bash", "-euc", shell], cwd=folder, env=environment, check=True, timeout=120)


def test_checking_the_file_sets_what_must_be_set() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "deploy" / "compose.yaml").read_text()))
    [checked] = re.findall(r"^.*\\\n.*docker compose -f", (ROOT / "deploy" / "check.sh").read_text(), re.MULTILINE)

    assert required == set(re.findall(r"(KEVA_\w+)=", checked))


def test_gateway_gets_no_secret_and_no_way_to_one(compose: dict[str, Any]) -> None:
    services = compose["services"]
    gateway = services["gateway"]

    assert not {"secrets", "env_file"} & gateway.keys()
    assert [volume["source"] for volume in gateway["volumes"]] == ["./secrets/tls/gateway"]
    assert not [name for name in gateway["environment"] if re.search("MONGODB|KEY|CREDENTIALS|TWILIO", name)]
    for guarded in ("mongodb", "credentials-service"):
        assert not set(gateway["networks"]) & set(services[guarded]["networks"])
        assert all(compose["networks"][network]["internal"] for network in services[guarded]["networks"])


def test_responder_reaches_who_asks_it_and_nothing_of_keva_besides(compose: dict[str, Any]) -> None:
    services = compose["services"]
    responder = services["responder-service"]
    neighbours = {name for name in services if set(services[name]["networks"]) & set(responder["networks"])}

    assert neighbours == {"ticket-service", "console", "responder-service"}
    assert not [name for name in responder["environment"] if re.search("MONGODB|TWILIO|_SERVICE", name)]
    targets = {"/etc/keva/knowledge-base", "/etc/keva/ai", "/etc/keva/tls"}
    assert {volume["target"] for volume in responder["volumes"]} == targets
    assert all(volume["read_only"] for volume in responder["volumes"])


def test_a_model_is_switched_on_by_environment_variables(
    compose: dict[str, Any], check_settings: Callable[[str, Mapping[str, str]], None]
) -> None:
    given = {
        "KEVA_AI_BASE_URL": "https://models.example.com/v1",
        "KEVA_AI_MODEL": "example-model",
        "KEVA_AI_API_KEY_FILE": "/etc/keva/ai/api-key",
        "KEVA_AI_VERIFIER_MODEL": "another-model",
        "KEVA_AI_VERIFIER_BASE_URL": "https://verifiers.example.com/v1",
        "KEVA_AI_VERIFIER_API_KEY_FILE": "/etc/keva/ai/verifier-api-key",
    }
    environment = compose["services"]["responder-service"]["environment"]

    assert all(environment[name] == f"${{{name}:-}}" for name in given)
    check_settings("responder_service", {name: _filled_in(value) for name, value in environment.items()} | given)


@pytest.mark.parametrize("service", [*SERVICES, "mongodb", "mongodb-users"])
def test_container_has_no_rights_to_lose(service: str, compose: dict[str, Any]) -> None:
    container = compose["services"][service]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", SERVICES)
def test_stopping_waits_for_the_drain(service: str, compose: dict[str, Any]) -> None:
    container = compose["services"][service]

    assert float(container["stop_grace_period"].removesuffix("s")) > float(
        container["environment"]["KEVA_DRAIN_SECONDS"]
    )
