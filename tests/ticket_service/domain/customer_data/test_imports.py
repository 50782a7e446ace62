"""What of a row counts against what is known."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.customer import Customer, Location, edit, fill_in, new_customer
from ticket_service.domain.customer_data.imports import Import, Imported, Row, RowResult, imported
from ticket_service.domain.texts.consent import Consent, ConsentSource, NoTexts, TakesTexts

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LATER = datetime(2026, 5, 2, tzinfo=UTC)
DANA = Actor(ActorKind.AGENT, "dana")
SEATTLE = Location("SEATTLE", "WA", "US", "98101")
KNOWN = new_customer("cus_1", "acme", "default", "+15551234567", SEATTLE, NOW)


def _import(customer: Customer | None, values: dict[str, str], **options: Any) -> Imported:
    row = Row("+15551234567", values)
    return imported(customer, replace(KNOWN, location=Location()), row, Import(DANA, LATER, **options))


def test_unknown_customer_is_made_of_the_row() -> None:
    made = _import(None, {"display_name": "Eve", "city": "Bern"})

    assert made.result is RowResult.CREATED
    assert (made.customer.display_name, made.customer.location.city) == ("Eve", "Bern")
    assert made.customer.imported == {"display_name", "city"}
    assert made.entry is not None
    assert (made.entry.action, made.entry.details) == (
        "customer.created",
        {"fields": "city, display_name", "imported": "true"},
    )


def test_row_counts_for_what_twilio_says_and_no_text_changes_it() -> None:
    made = _import(KNOWN, {"city": "Bern", "email": "eve@example.com"})

    assert (made.result, made.changed, made.kept) == (RowResult.UPDATED, ("city", "email"), ())
    assert made.customer.location == replace(SEATTLE, city="Bern")
    assert fill_in(made.customer, Location(city="OSLO"), LATER) == made.customer
    assert made.entry is not None
    assert (made.entry.action, made.entry.details) == ("customer.imported", {"fields": "city, email"})


def test_the_same_row_again_changes_nothing() -> None:
    first = _import(KNOWN, {"display_name": "Eve"}, consent_basis="form")
    again = _import(first.customer, {"display_name": "Eve"}, consent_basis="form")

    assert (again.result, again.customer, again.entry) == (RowResult.UNCHANGED, first.customer, None)


def test_what_a_person_has_edited_stays_unless_it_is_overwritten() -> None:
    edited = edit(KNOWN, {"display_name": "Eva"}, NOW)

    kept = _import(edited, {"display_name": "Eve", "city": "Bern"})
    overwritten = _import(edited, {"display_name": "Eve"}, overwrite=True)

    assert (kept.customer.display_name, kept.changed, kept.kept) == ("Eva", ("city",), ("display_name",))
    assert "display_name" in kept.customer.edited
    assert (overwritten.customer.display_name, overwritten.kept) == ("Eve", ())
    assert "display_name" not in overwritten.customer.edited


def test_basis_of_consent_is_noted_where_nothing_is_known() -> None:
    made = _import(KNOWN, {}, consent_basis="signed a form")

    assert made.customer.takes_texts == TakesTexts("signed a form", LATER, DANA, ConsentSource.IMPORT)
    assert made.changed == ("consents",)
    assert made.entry is not None
    assert "signed" not in str(made.entry)


@pytest.mark.parametrize(
    "against",
    [
        pytest.param({"no_texts": NoTexts("asked", NOW, DANA)}, id="wants no texts"),
        pytest.param({"consents": (Consent("+15550001000", True, NOW, ConsentSource.KEYWORD),)}, id="opted out"),
        pytest.param({"blocked_time": NOW, "block_reason": "spam"}, id="blocked"),
        pytest.param({"takes_texts": TakesTexts("said so", NOW, DANA)}, id="an agent has noted it"),
    ],
)
def test_nothing_that_stands_against_a_list_is_taken_back(against: dict[str, Any]) -> None:
    customer = replace(KNOWN, **against)

    made = _import(customer, {"display_name": "Eve"}, consent_basis="a list", overwrite=True)

    assert {name: getattr(made.customer, name) for name in against} == against
    assert made.kept == ("consents",)
    assert made.customer.display_name == "Eve"
