"""What a later text and a person may change of a customer."""

from dataclasses import replace
from typing import Any

import pytest

from tests.ticket_service.domain.examples import BEFORE, NOW, OUR_NUMBER, PHONE, customer
from ticket_service.domain.customer import (
    EDITABLE_FIELDS,
    NOWHERE,
    Location,
    changed_fields,
    edit,
    fill_in,
    new_customer,
)
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent, NoTexts

SEATTLE = Location("SEATTLE", "WA", "US", "98101")


def test_customer_of_a_first_text_is_named_after_the_location() -> None:
    made = new_customer("cus_1", "default", "default", PHONE, SEATTLE, NOW)

    assert made == customer(display_name="SMS from Seattle, WA", location=SEATTLE, create_time=NOW, update_time=NOW)


@pytest.mark.parametrize(
    ("address", "location", "name"),
    [
        pytest.param(PHONE, Location("Seattle", "WA", "US", "98101"), "SMS from Seattle, WA", id="city and state"),
        pytest.param(PHONE, Location("SEATTLE", "WA", "US"), "SMS from Seattle, WA", id="city in capitals"),
        pytest.param(PHONE, Location("ST. JOHN'S", "NL", "CA"), "SMS from St. John's, NL", id="apostrophe"),
        pytest.param(PHONE, Location("NEW YORK", "NY", "US"), "SMS from New York, NY", id="two words"),
        pytest.param(PHONE, Location("O'FALLON", "IL", "US"), "SMS from O'Fallon, IL", id="capital behind apostrophe"),
        pytest.param(
            PHONE,
            Location("SYDNEY", "NEW SOUTH WALES", "AU"),
            "SMS from Sydney, New South Wales",
            id="state in capitals",
        ),
        pytest.param(PHONE, Location("ULM", "BW", "DE"), "SMS from Ulm, BW", id="a short city, and a code"),
        pytest.param(PHONE, Location("Toronto", "", "CA"), "SMS from Toronto, CA", id="city and country"),
        pytest.param(PHONE, Location("", "WA", "US"), "SMS from WA, US", id="state and country"),
        pytest.param(PHONE, Location("Paris"), "SMS from Paris", id="city alone"),
        pytest.param(PHONE, Location("", "", "GB"), "SMS from GB", id="country alone"),
        pytest.param(PHONE, Location("", "", "", "98101"), "SMS from +15551234567", id="nothing but a postal code"),
        pytest.param(PHONE, Location(), "SMS from +15551234567", id="nothing"),
        pytest.param("whatsapp:+15551234567", Location(), "SMS from whatsapp:+15551234567", id="WhatsApp"),
        pytest.param("KEVA Shop", Location(), "SMS from KEVA Shop", id="sender name"),
    ],
)
def test_generated_name(address: str, location: Location, name: str) -> None:
    customer = new_customer("cus_1", "default", "default", address, location, NOW)

    assert customer.display_name == name


@pytest.mark.parametrize(
    ("known", "edited", "comes", "after"),
    [
        pytest.param(NOWHERE, (), SEATTLE, SEATTLE, id="all was missing"),
        pytest.param(SEATTLE, (), Location("TACOMA", "OR", "CA", "1"), SEATTLE, id="what is known stays"),
        pytest.param(SEATTLE, (), NOWHERE, SEATTLE, id="what is not given wipes nothing"),
        pytest.param(Location("", "WA"), (), SEATTLE, SEATTLE, id="some was missing"),
        pytest.param(
            NOWHERE, ("city", "zip"), SEATTLE, Location("", "WA", "US", ""), id="what a person emptied stays empty"
        ),
        pytest.param(NOWHERE, ("city", "state", "country", "zip"), SEATTLE, NOWHERE, id="a person emptied all"),
    ],
)
def test_text_fills_in_what_was_missing(
    known: Location, edited: tuple[str, ...], comes: Location, after: Location
) -> None:
    before = customer(location=known, edited=frozenset(edited))

    filled = fill_in(before, comes, NOW)

    assert filled.location == after
    assert filled.update_time == (BEFORE if after == known else NOW)


@pytest.mark.parametrize(
    ("edited", "name"),
    [
        pytest.param((), "SMS from Seattle, WA", id="a generated name follows"),
        pytest.param(("display_name",), "Ann", id="a person's name stays"),
    ],
)
def test_name_after_a_location_was_filled_in(edited: tuple[str, ...], name: str) -> None:
    before = customer(display_name="Ann", edited=frozenset(edited))

    assert fill_in(before, SEATTLE, NOW).display_name == name


@pytest.mark.parametrize("name", EDITABLE_FIELDS)
def test_person_sets_a_field_for_good(name: str) -> None:
    before = customer(location=SEATTLE)

    after = edit(before, {name: "x"}, NOW)

    assert changed_fields(before, after) == [name]
    assert (after.edited, after.update_time) == (frozenset({name}), NOW)
    assert edit(after, {name: ""}, NOW).edited == {name}


def test_edit_to_what_it_is_already_still_keeps_twilio_away_from_it() -> None:
    before = customer(location=SEATTLE)

    after = edit(before, {"city": "SEATTLE"}, NOW)

    assert after == replace(before, edited=frozenset({"city"}), update_time=NOW)
    assert edit(after, {"city": "SEATTLE"}, NOW) is after


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"no_texts": NoTexts("said so", NOW), "update_time": NOW}, [], id="nothing that can be edited"),
        pytest.param({"display_name": "Ann", "email": "a@b"}, ["display_name", "email"], id="name and e-mail"),
        pytest.param({"location": SEATTLE}, ["city", "state", "country", "zip"], id="the location"),
    ],
)
def test_changed_fields(changes: dict[str, Any], names: list[str]) -> None:
    assert changed_fields(customer(), replace(customer(), **changes)) == names


@pytest.mark.parametrize(
    ("fields", "takes_none", "opted_out"),
    [
        pytest.param({}, False, False, id="who said nothing"),
        pytest.param({"consents": (Consent(OUR_NUMBER, True),)}, True, True, id="STOP to that number"),
        pytest.param({"consents": (Consent("+15550002000", True),)}, False, True, id="STOP to another one"),
        pytest.param({"consents": (Consent(EVERY_NUMBER, True),)}, True, True, id="STOP, as an older version kept it"),
        pytest.param({"no_texts": NoTexts("said so", NOW)}, True, False, id="an agent's note"),
    ],
)
def test_whether_a_number_may_text_them(fields: dict[str, Any], takes_none: bool, opted_out: bool) -> None:
    known = customer(**fields)

    assert known.takes_no_texts_from(OUR_NUMBER) == takes_none
    assert known.opted_out == opted_out
