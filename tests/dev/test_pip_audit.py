"""What is made of pip-audit's answer. Whether its advisories can be reached depends on where the tests run."""

import json
from typing import Any

import pytest

from dev.pip_audit import read, report

SKIPPED = {"name": "aiohttp", "skip_reason": "Dependency not found"}
WELL = {"name": "motor", "version": "3.7.1", "vulns": []}
BAD = {
    "name": "twilio",
    "version": "9.13.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["9.13.1"], "aliases": ["CVE-2026-1"]}],
}


def _output(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


@pytest.mark.parametrize(
    ("output", "well", "said"),
    [
        pytest.param(_output(WELL, WELL), True, "no known vulnerability in 2 of 2", id="nothing known"),
        pytest.param(_output(WELL, SKIPPED), True, "in 1 of 2", id="one that nobody knows"),
        pytest.param(_output(SKIPPED), True, "nothing was looked up", id="no source of advisories"),
        pytest.param("", True, "nothing was looked up", id="no answer at all"),
        pytest.param("[]", True, "nothing was looked up", id="another answer"),
        pytest.param(_output(WELL, BAD), False, "twilio 9.13.0 has PYSEC-2026-1; fixed in 9.13.1", id="one is known"),
    ],
)
def test_a_known_vulnerability_fails_and_nothing_else_does(
    output: str, well: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report("runtime.txt", read(output)) is well

    printed = capsys.readouterr()
    assert said in printed.out + printed.err


def test_what_does_not_apply_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.pip_audit.NOT_APPLYING", {"CVE-2026-1": "we never call it"})

    assert read(_output(BAD)).findings == ()
