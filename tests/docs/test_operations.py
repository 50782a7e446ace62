"""What docs/operations.md lists of processes, Secrets, addresses and databases is what there is: the process list and
the built manifests say so."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from dev.process_list import PROCESSES, SERVICES, Process
from tests.docs.pages import ROOT

_PAGE = (ROOT / "docs" / "operations.md").read_text()
_SINGLE_NODE = "deploy/overlays/single-node"
# Where operators' calls are taken.
_CALLED = [
    (process, process.grpc_port or process.port)
    for process in PROCESSES
    if process.speaks == "grpc" or process.grpc_port
]


def _section(title: str) -> str:
    """What stands below a heading, up to the next one."""
    return _PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _built(kustomization: str) -> list[dict[str, Any]]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed; it builds the manifests")
    command = [kubectl, "kustomize", str(ROOT / kustomization)]
    built = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return list(yaml.safe_load_all(built.stdout))


def _secrets(manifests: list[dict[str, Any]]) -> set[str]:
    """Those without which a pod does not start."""
    pods = (o["spec"]["template"]["spec"] for o in manifests if "template" in o.get("spec", {}))
    volumes = [volume for pod in pods for volume in pod["volumes"]]
    whole = [v["secret"] for v in volumes if not v.get("secret", {"optional": True}).get("optional")]
    parts = [source["secret"] for v in volumes for source in v.get("projected", {}).get("sources", ())]
    return {secret["secretName"] for secret in whole} | {secret["name"] for secret in parts}


def test_images_of_all_processes_are_built() -> None:
    [named] = re.findall(r"for service in (.*); do\n +docker build", _section("Kubernetes"))

    assert set(named.split()) == set(SERVICES)


def test_production_is_told_of_every_secret_it_needs() -> None:
    production = _section("Kubernetes").partition("For production")[2].partition("\n\nA MongoDB")[0]
    named = set(re.findall(r"`([a-z-]+)`", production))

    assert _secrets(_built("deploy/base")) <= named


def test_production_is_told_of_every_value_that_is_an_example() -> None:
    [config] = [o["data"] for o in _built("deploy/base") if o["kind"] == "ConfigMap"]

    for name, value in config.items():
        assert "example.com" not in value or f"`{name}`" in _section("Kubernetes"), name


@pytest.mark.parametrize("process", [p for p in PROCESSES if p.speaks == "http"], ids=lambda p: p.name)
def test_what_strangers_or_people_come_to_gets_an_ingress(process: Process) -> None:
    [ingress] = re.findall(r"^- an Ingress or HTTPRoute.*?[,;]$", _section("Kubernetes"), re.MULTILINE | re.DOTALL)

    assert f"`service/{process.object_name}`" in ingress


def test_the_single_node_s_first_lines_make_every_secret_that_its_pods_need() -> None:
    assert f"`{_SINGLE_NODE}/kustomization.yaml`" in _section("Kubernetes")
    lines = (ROOT / _SINGLE_NODE / "kustomization.yaml").read_text().splitlines()
    commands = [line.removeprefix("#   ") for line in lines if line.startswith("#   ")]
    manifests = _built(_SINGLE_NODE)
    issued = {o["spec"]["secretName"] for o in manifests if o["kind"] == "Certificate"}

    assert _made_by(commands) == _secrets(manifests) - issued


def _made_by(commands: list[str]) -> set[str]:
    """The names of the Secrets, by a kubectl that only says what it was asked for."""
    stubs = 'kubectl() { echo "$@"; }; mkdir() { :; }; openssl() { :; }'
    # What stands there for a reader to complete makes no Secret.
    lines = [re.sub(r" > \S+$", "", command) for command in commands if "…" not in command]
    said = subprocess.run(
        ["bash", "-euc", "\n".join([stubs, *lines])], check=True, capture_output=True, text=True, timeout=60
    )
    return set(re.findall(r"create secret generic (\S+)", said.stdout))


@pytest.mark.parametrize(("process", "port"), _CALLED, ids=lambda value: getattr(value, "name", None))
def test_keva_reaches_it_through_a_port_forward(process: Process, port: int) -> None:
    assert f"service/{process.object_name} {port}" in _section("Kubernetes")


def test_keva_is_told_where_the_console_is() -> None:
    [port] = [port for process, port in _CALLED if process.name == "console"]

    assert f"KEVA_CONSOLE_SERVICE=127.0.0.1:{port}" in _section("Kubernetes")


def test_certificates_of_all_processes_have_a_name_that_callers_look_for() -> None:
    [row] = re.findall(r"^\| a process \|.*$", _section("Certificates"), re.MULTILINE)

    assert set(re.findall(r"`(\w{2,})`", row)) == set(SERVICES)
    assert "`<process>.keva.internal`" in row


def test_metrics_are_said_to_be_where_they_are() -> None:
    served, none = re.match(r"\s*(.*? serve metrics).*?\.\s(.*? have none)", _section("Metrics"), re.DOTALL).groups()  # type: ignore[union-attr]

    assert {process.name for process in PROCESSES if re.search(rf"\b{process.name}\b", served)} == {
        process.name for process in PROCESSES if process.has_metrics
    }
    for process in PROCESSES:
        assert process.has_metrics != bool(re.search(rf"\b{process.name}\b", none)), process.name


def test_backups_are_of_all_databases() -> None:
    for process in PROCESSES:
        assert not process.database or f"`{process.database}`" in _section("Backups"), process.database
