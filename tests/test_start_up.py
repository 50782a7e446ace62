"""What each process imports when it starts, where that takes long or much memory: nothing that it does not use."""

import subprocess
import sys

import pytest

from dev.process_list import PROCESSES, Process

# A heavy package, and who uses it. Most import it by way of something that they share.
_USERS: dict[str, set[str]] = {
    "aiohttp": {"sms_service"} | {process.name for process in PROCESSES if process.speaks == "http"},
    "phonenumbers": {"ticket_service", "sms_service", "console"},
    "pymongo": {process.name for process in PROCESSES if process.has_database},
    "prometheus_client": {process.name for process in PROCESSES if process.has_metrics},
    "twilio.rest": {"sms_service"},
    # Only where there is a model.
    "httpx2": set(),
    "numpy": set(),
}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_it_imports_of_what_is_heavy_only_what_it_uses(process: Process) -> None:
    program = f"import sys, {process.name}.__main__; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    imported = ended.stdout.split()

    assert f"{process.name}.__main__" in imported
    assert set(_USERS) & set(imported) == {package for package, users in _USERS.items() if process.name in users}
