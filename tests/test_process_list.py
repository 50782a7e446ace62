"""Every process of dev/process_list.py is wherever a list cannot be read from there."""

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from cli.settings import SOURCES
from dev.process_list import PACKAGES, PROCESSES, SERVICES, Process

ROOT = Path(__file__).parents[1]
BASE = ROOT / "deploy" / "base"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
NOT_PACKAGES = {"docs", "tests", "deploy", "protos", "keva"}

each = pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)


def _yaml(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def _objects(path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((ROOT / path).read_text()))


def _environment(process: Process) -> dict[str, str]:
    """What its container is told, of what it is told word for word."""
    deployment = next(o for o in _objects(f"deploy/base/{process.object_name}.yaml") if o["kind"] == "Deployment")
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    return {variable["name"]: variable.get("value", "") for variable in container["env"]}


def test_every_folder_with_source_is_a_package_of_the_list() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_PACKAGES

    assert folders == set(PACKAGES)


def test_pyproject_names_all_packages() -> None:
    assert set(PROJECT["hatch"]["build"]["targets"]["wheel"]["packages"]) == {*PACKAGES, "keva"}
    assert set(PROJECT["importlinter"]["root_packages"]) == set(PACKAGES)


def test_contracts_name_all_packages() -> None:
    contracts = {contract["name"]: contract for contract in PROJECT["importlinter"]["contracts"]}
    whole = " ".join(contracts["all packages: arrows point down"]["layers"])

    assert set(whole.replace("|", " ").replace(":", " ").split()) == set(PACKAGES)
    assert set(contracts["cli calls services, and imports none"]["forbidden_modules"]) == set(SERVICES)


@each
def test_its_package_can_be_started(process: Process) -> None:
    assert importlib.util.find_spec(f"{process.name}.__main__")
    fields = process.settings().model_fields

    assert ("mongodb_uri" in fields) == process.has_database
    assert process.database == (fields["mongodb_database"].default if process.has_database else "")
    assert ("metrics_listen" in fields) == process.has_metrics
    assert process.listen_setting.removeprefix("KEVA_").lower() in fields
    assert {name for name in SERVICES if name in fields} == set(process.calls)
    assert ("grpc_listen" in fields) == (process.speaks == "grpc" or process.grpc_port is not None)


@each
def test_its_image_gets_its_source(process: Process) -> None:
    assert f"!{process.name}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_images_get_the_source_of_services_and_of_what_they_share_alone() -> None:
    taken = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    assert taken == {*SERVICES, "servicekit", "client", "protos", "deploy/requirements"}


@each
def test_kubernetes_runs_it(process: Process) -> None:
    kustomization = _yaml("deploy/base/kustomization.yaml")
    environment = _environment(process)

    assert f"{process.object_name}.yaml" in kustomization["resources"]
    assert f"keva-sms/{process.name}" in {image["name"] for image in kustomization["images"]}
    assert environment[process.listen_setting] == f"0.0.0.0:{process.port}"
    assert ("KEVA_MONGODB_URI_FILE" in environment) == process.has_database
    assert ("KEVA_METRICS_LISTEN" in environment) == process.has_metrics
    assert {name for name in SERVICES if f"KEVA_{name.upper()}" in environment} == set(process.calls)


@each
def test_kubernetes_lets_it_be_reached_and_gives_it_a_certificate(process: Process) -> None:
    policies = {policy["metadata"]["name"] for policy in _objects("deploy/base/network-policies.yaml")}
    issued = {o["metadata"]["name"] for o in _objects("deploy/components/cert-manager/certificates.yaml")}
    single = {replicas["name"] for replicas in _yaml("deploy/overlays/single-node/kustomization.yaml")["replicas"]}

    assert process.object_name in policies & issued & single


@each
def test_compose_runs_it(process: Process) -> None:
    environment = _yaml("deploy/compose.yaml")["services"][process.object_name]["environment"]

    assert environment[process.listen_setting] == f"0.0.0.0:{process.port}"
    assert ("KEVA_MONGODB_URI_FILE" in environment) == process.has_database
    assert {name for name in SERVICES if f"KEVA_{name.upper()}" in environment} == set(process.calls)


@each
def test_the_command_line_looks_for_it_at_its_usual_port(process: Process) -> None:
    if process.speaks == "grpc":
        source = SOURCES[process.name]
        assert (source.stack_key, source.default) == (process.name, f"127.0.0.1:{process.port}")
