"""`python -m dev.pip_audit`: known vulnerabilities in the versions that images are built from. A part of `make lint`.

Exit status 1 when there is one that is not listed below as not applying. Where no source of advisories can be reached
it says so and ends well: that is not a fault of the change that is being checked.
"""

import json
import subprocess  # nosec B404
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = tuple(sorted((Path(__file__).parents[1] / "deploy" / "requirements").glob("*.txt")))
# Advisory: why it does not apply to Keva.
NOT_APPLYING: Mapping[str, str] = {}
_SECONDS = 120


@dataclass(frozen=True)
class Audit:
    """What is known: findings as (package, version, advisory, fixed in), and how many packages could be looked up."""

    findings: tuple[tuple[str, str, str, str], ...]
    looked_up: int
    packages: int


def ask(lock: Path) -> Audit:
    """Asks about every package of a lock file. Raises OSError or TimeoutExpired when pip-audit cannot run."""
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), *options]
    # Our own words, and no shell.
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # nosec B603
    return read(done.stdout)


def read(output: str) -> Audit:
    """pip-audit's JSON. Nothing of it is taken for nothing looked up."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Audit((), 0, 0)
    known = [found for found in dependencies if "skip_reason" not in found]
    findings = [
        (found["name"], found["version"], problem["id"], ", ".join(problem["fix_versions"]) or "no version yet")
        for found in known
        for problem in found["vulns"]
        if problem["id"] not in NOT_APPLYING and not set(problem.get("aliases", ())) & set(NOT_APPLYING)
    ]
    return Audit(tuple(findings), len(known), len(dependencies))


def report(name: str, audit: Audit) -> bool:
    """Says what is known of the lock file `name`; whether that is well."""
    for package, version, advisory, fixed in audit.findings:
        print(f"{name}: {package} {version} has {advisory}; fixed in {fixed}. Then: make lock", file=sys.stderr)
    if not audit.looked_up:
        print(f"{name}: no source of advisories can be reached from here; nothing was looked up")
    elif not audit.findings:
        print(f"{name}: no known vulnerability in {audit.looked_up} of {audit.packages} packages")
    return not audit.findings


def main(locks: Sequence[Path] = LOCKS) -> int:
    """Asks about all lock files."""
    well = True
    for lock in locks:
        try:
            audit = ask(lock)
        except (OSError, subprocess.TimeoutExpired):
            audit = Audit((), 0, 0)
        well = report(lock.name, audit) and well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
