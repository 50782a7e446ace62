"""What must hold in the Compose file."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from dev.process_list import PROCESSES, Process

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


def test_only_twilio_s_and_people_s_doors_are_published_to_this_machine(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}

    assert published == {"gateway": ["127.0.0.1:8080:8080"], "console": ["127.0.0.1:8070:8070"]}


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
