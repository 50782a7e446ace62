"""Customers in words."""

from typing import Any

import pytest

from client.words.customers import location_text
from keva.ticket.v1 import ticket_service_pb2 as pb


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param(
            {"city": "SEATTLE", "state": "WA", "country": "US", "zip": "98101"}, "Seattle, WA, US, 98101", id="all"
        ),
        pytest.param({"city": "ST. JOHN'S", "state": "NL"}, "St. John's, NL", id="an apostrophe"),
        pytest.param(
            {"city": "SYDNEY", "state": "NEW SOUTH WALES"}, "Sydney, New South Wales", id="a state by its name"
        ),
        pytest.param({"city": "den Haag"}, "den Haag", id="as a person wrote it"),
    ],
)
def test_location(fields: dict[str, Any], text: str) -> None:
    assert location_text(pb.Customer(**fields)) == text
