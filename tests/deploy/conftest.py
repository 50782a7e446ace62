"""The deployment files, parsed, and what the services understand of them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from dev.process_list import process
from servicekit.settings import PREFIX, load
from tests.identities import tls_dir

ROOT = Path(__file__).parents[2]

CheckSettings = Callable[[str, Mapping[str, str]], None]


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("deploy/base", id="base"),
        pytest.param("deploy/overlays/single-node", id="single-node"),
    ],
)
def manifests(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Every object that the kustomization builds."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed; it builds the manifests")
    built = subprocess.run(
        [kubectl, "kustomize", ROOT / request.param], check=True, capture_output=True, text=True, timeout=60
    )
    return list(yaml.safe_load_all(built.stdout))


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """The Compose file, with its ${…} as they are."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    return content


@pytest.fixture
def check_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CheckSettings:
    """Asserts that a service knows each KEVA_* name of an environment and starts with its values."""

    def check(package: str, environment: Mapping[str, str]) -> None:
        settings_class = process(package).settings()
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        known = {PREFIX + name.upper() for name in settings_class.model_fields}

        assert {name.removesuffix("_FILE") for name in given} <= known
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            monkeypatch.delenv(name)
        for name, value in given.items():
            monkeypatch.setenv(name, str(_stand_in(tmp_path)) if name.endswith("_FILE") and value else value)
        # What is mounted there is not here.
        assert given["KEVA_TLS_DIR"] == "/etc/keva/tls"
        monkeypatch.setenv("KEVA_TLS_DIR", str(tls_dir(package)))
        load(settings_class)

    return check


def _stand_in(folder: Path) -> Path:
    """For the file that a Secret would be mounted as: a connection string, which as a model's key is as good as any."""
    file = folder / "uri"
    file.write_text("mongodb://mongodb:27017/?replicaSet=keva\n")
    return file
