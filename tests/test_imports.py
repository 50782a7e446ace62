"""The house rules that a machine can check, on every module; and that each check can fail."""

from pathlib import Path

import pytest

from tests.import_rules import SERVICES, broken_rules

ROOT = Path(__file__).parents[1]
PACKAGES = sorted([*SERVICES, "servicekit", "cli", "dev", "tests"])


def test_every_module_keeps_the_rules() -> None:
    modules = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]

    broken = [rule for file in modules for rule in broken_rules(str(file.relative_to(ROOT)), file.read_text())]

    assert len(modules) > 100
    assert broken == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("gateway/app.py", "from ticket_service import tickets", id="service imports service"),
        pytest.param("servicekit/server.py", "import gateway.app", id="servicekit imports a service"),
        pytest.param("sms_service/sender.py", "from dev.twilio_simulator import client", id="product imports dev"),
        pytest.param("ticket_service/tickets.py", "import motor.motor_asyncio", id="motor in a use case"),
        pytest.param("gateway/app.py", "import pymongo", id="gateway and MongoDB"),
        pytest.param("ticket_service/ticket.py", "import grpc", id="domain imports a library"),
        pytest.param(
            "ticket_service/ticket.py", "from ticket_service.store import Claim", id="domain imports the port"
        ),
        pytest.param(
            "ticket_service/ticket.py", "from servicekit.clock import utc_now", id="domain imports servicekit"
        ),
        pytest.param("ticket_service/tickets.py", "from ticket_service import mongo_documents", id="documents outside"),
        pytest.param(
            "ticket_service/tickets.py", "from keva.ticket.v1 import message_pb2", id="protobuf in a use case"
        ),
        pytest.param("tests/test_x.py", "from unittest.mock import Mock", id="mocks"),
        pytest.param("servicekit/utils.py", "", id="a name that says nothing"),
        pytest.param("cli/app.py", "def f():\n" + "    x = 1\n" * 50, id="long function"),
        pytest.param("cli/app.py", "x = 1\n" * 301, id="long module"),
    ],
)
def test_rule_can_be_broken(path: str, source: str) -> None:
    assert broken_rules(path, source)
