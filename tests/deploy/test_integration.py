"""The component for a program of one organization's: it gets a certificate and the way to ticket_service, and nothing
more."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from dev.process_list import process
from servicekit.rpc.identity import uri
from tests.docs.pages import ROOT

Object = dict[str, Any]
_LABEL = {"keva/integration": "true"}
_TICKET_SERVICE = {"app.kubernetes.io/name": "ticket-service"}
_PORTS = [{"port": process("ticket_service").port}]


def _built(folder: Path, *components: str) -> list[Object]:
    """deploy/base with the components, as an overlay of somebody's has them."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed; it builds the manifests")
    kept = [os.path.relpath(ROOT / "deploy" / "components" / component, folder) for component in components]
    overlay = {"namespace": "keva", "resources": [os.path.relpath(ROOT / "deploy" / "base", folder)]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump({**overlay, "components": kept}))
    command = [kubectl, "kustomize", str(folder)]
    built = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return list(yaml.safe_load_all(built.stdout))


@pytest.fixture
def added(tmp_path: Path) -> list[Object]:
    """What the component adds."""
    without = _built(tmp_path)
    return [found for found in _built(tmp_path, "integration") if found not in without]


def test_its_certificate_is_bound_to_the_organization(added: list[Object]) -> None:
    [certificate] = [found["spec"] for found in added if found["kind"] == "Certificate"]

    assert certificate["uris"] == [uri("integration", "default")]


def test_pods_with_the_label_reach_ticket_service_and_nothing_more_of_keva(added: list[Object]) -> None:
    policies = [found["spec"] for found in added if found["kind"] == "NetworkPolicy"]
    [out] = [policy for policy in policies if policy["podSelector"] == {"matchLabels": _LABEL}]
    [into] = [policy for policy in policies if policy["podSelector"] == {"matchLabels": _TICKET_SERVICE}]

    assert len(added) == 3
    assert (out["policyTypes"], into["policyTypes"]) == (["Egress"], ["Ingress"])
    assert out["egress"] == [{"to": [{"podSelector": {"matchLabels": _TICKET_SERVICE}}], "ports": _PORTS}]
    assert into["ingress"] == [{"from": [{"podSelector": {"matchLabels": _LABEL}}], "ports": _PORTS}]


def test_two_organizations_have_one_each(tmp_path: Path) -> None:
    """The folder is copied, and the organization changed, as its kustomization.yaml says."""
    original, copy = ROOT / "deploy" / "components" / "integration", tmp_path / "integration-acme"
    shutil.copytree(original, copy)
    for file in copy.iterdir():
        file.write_text(file.read_text().replace("default", "acme"))
    overlay = tmp_path / "overlay"
    overlay.mkdir()

    both = _built(overlay, "integration", str(copy))

    names = [(found["kind"], found["metadata"]["name"]) for found in both]
    assert {name for name in names if "integration" in name[1]} == {
        (kind, name.format(organization))
        for organization in ("default", "acme")
        for kind, name in (
            ("Certificate", "integration-{}"),
            ("NetworkPolicy", "integration-{}"),
            ("NetworkPolicy", "ticket-service-for-integration-{}"),
        )
    }


def test_the_page_names_the_label() -> None:
    assert '`keva/integration: "true"`' in (ROOT / "docs" / "clients.md").read_text()
