"""Ports that pages name are those of the process list."""

import re

import pytest

from dev.process_list import PROCESSES
from tests.docs.pages import Page, pages

_PORTS = {process.object_name: {process.port, process.grpc_port} for process in PROCESSES}
_NAMED = re.compile(rf"\b({'|'.join(_PORTS)})[: ](\d{{4,5}})\b")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path)
def test_a_service_is_at_its_port(page: Page) -> None:
    # A port that is forwarded from another one: 8080:80.
    named = [(name, int(port)) for name, port in _NAMED.findall(page.text.replace("deployment/gateway 8081", ""))]

    assert [(name, port) for name, port in named if port not in _PORTS[name]] == []


def test_programs_are_told_where_ticket_service_is() -> None:
    [clients] = [page.text for page in pages() if page.path == "docs/clients.md"]
    [port] = [process.port for process in PROCESSES if process.name == "ticket_service"]

    assert set(re.findall(r"127\.0\.0\.1:(\d+)", clients)) == {str(port)}
