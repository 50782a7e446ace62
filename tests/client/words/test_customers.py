"""Customers in words: where they are, and who may text them."""

from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from client.words.customers import generated_from, location_text, no_texts_cell, no_texts_text
from keva.ticket.v1 import ticket_service_pb2 as pb
from ticket_service.domain.customer import NOWHERE, Location, generated_name

A, B = "+12065550100", "+12065550200"
OUT_OF_A = pb.Customer(opted_out=True, consents=[pb.Consent(channel_address=A, opted_out=True)])
IN_OF_A = pb.Customer(consents=[pb.Consent(channel_address=A, opted_out=False)])
OUT_OF_ALL = pb.Customer(opted_out=True, consents=[pb.Consent(opted_out=True)])
NOTED = pb.Customer(no_texts_reason="told us", no_texts_time=Timestamp(seconds=1))


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


@pytest.mark.parametrize(
    ("customer", "from_a", "from_b", "listed"),
    [
        pytest.param(pb.Customer(), False, False, ("no",), id="who said nothing"),
        pytest.param(OUT_OF_A, True, False, (A,), id="STOP to one number"),
        pytest.param(IN_OF_A, False, False, ("no",), id="START to it"),
        pytest.param(OUT_OF_ALL, True, True, ("all",), id="STOP to an older version"),
        pytest.param(pb.Customer(opted_out=True), True, True, ("yes",), id="a service that knows no numbers"),
        pytest.param(NOTED, True, True, ("wants no texts",), id="an agent's note"),
    ],
)
def test_who_may_text_them(customer: pb.Customer, from_a: bool, from_b: bool, listed: tuple[str, ...]) -> None:
    assert (bool(no_texts_text(customer, A)), bool(no_texts_text(customer, B))) == (from_a, from_b)
    assert no_texts_cell(customer) == listed


def test_note_is_shown_with_its_reason() -> None:
    assert "told us" in no_texts_text(NOTED, A)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(generated_name(A, Location("SEATTLE", "WA", "US")), "Seattle, WA", id="a place"),
        pytest.param(generated_name(A, NOWHERE), A, id="the address"),
        pytest.param("Ada", None, id="a name of somebody's own"),
        pytest.param("", None, id="none"),
    ],
)
def test_what_a_name_that_keva_has_generated_is_made_of(name: str, place: str | None) -> None:
    assert generated_from(name) == place
