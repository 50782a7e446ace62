"""What a search box is understood to look for, and which customers are found by it."""

import pytest

from tests.ticket_service.domain.examples import NOW, PHONE, customer
from ticket_service.domain.customer import Location, edit, generated_email, generated_name
from ticket_service.domain.search.customer_keys import asked_keys, has_keys, keys_of
from ticket_service.domain.search.wanted import in_all, in_messages
from ticket_service.domain.search.words import beginnings_of

MERCURY = "+15559990000"
ODD = [
    "10 am 10/10",
    "10/10 10",
    "1 2 3",
    "1-2-3 1 2 3",
    "555-1234 555 1234 5551234",
    "SMS from 10/10 10",
    "sms from",
    "sms from 123",
    "SMS from +1 555 123 4567",
    "+44 (0)20 7946",
    "0 0 0",
    "000",
    "00012 12",
    "٤٥٦٧ 4567",
    "10 am ١٠/١٠",
    "x² 222 2",
    "a_555",
    "555_",
    "12a 12 1 2 a",
    "王555 王小明 555",
    "room 101, order #101",
    "#12 12 #",
    "12:30 at 12 30",
    "$1,000.00 1 000 00",
    "1" * 200,
    "1 " * 100,
    "10 " * 60 + "am",
    "(1(1(1",
    "é555 555é",
    "a\u200d555 a 555",
]


@pytest.mark.parametrize("query", ODD)
def test_whatever_is_typed_asks_for_words(query: str) -> None:
    for wanted in (in_all(query), in_messages(query)):
        assert wanted.units
        assert all(unit.longest in unit.beginnings for unit in wanted.units)
        assert set(wanted.left_for_messages("Nobody", "whatsapp:x")) <= set(beginnings_of(query))


@pytest.mark.parametrize("query", ["", "  ", "?!", "+ ( -", "(0)"])
def test_what_has_no_word_asks_for_nothing(query: str) -> None:
    assert in_all(query).units == ()


@pytest.mark.parametrize("query", [*ODD, "room", "room 101", "101", "10", "seattle", "555", "0815", "815", "67"])
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Room 101", MERCURY),
        ("Room 10", MERCURY),
        ("1010 am 10", MERCURY),
        ("Shop 0815", MERCURY),
        ("王小明", PHONE),
        ("", PHONE),
        ("", "KEVA101"),
        ("", "12345"),
    ],
)
def test_tickets_are_found_by_their_customer_as_customers_are(query: str, name: str, address: str) -> None:
    known = customer(address=address, display_name=generated_name(address, Location()), email=generated_email(address))
    named = edit(known, {"display_name": name, "email": ""}, NOW) if name else known

    is_found = has_keys(keys_of(named), asked_keys(query))

    assert (in_all(query).left_for_messages(named.display_name, address) == ()) == is_found


@pytest.mark.parametrize("query", [*ODD, "anna", "anna.smith@example.com", "12", "1234", "555", "example.com", "keva"])
@pytest.mark.parametrize("email", ["", "Anna.Smith@Example.com", "anna-12.34@example.com", "555@x.com", "0555 1@x.com"])
def test_tickets_are_found_by_an_e_mail_address_as_customers_are(query: str, email: str) -> None:
    known = customer(address=MERCURY, display_name="Zoe", email=generated_email(MERCURY))
    given = edit(edit(known, {"display_name": "Zoe"}, NOW), {"email": email}, NOW)

    is_found = has_keys(keys_of(given), asked_keys(query))

    assert (in_all(query).left_for_messages("Zoe", MERCURY, email) == ()) == is_found


@pytest.mark.parametrize(
    ("query", "name", "left"),
    [
        pytest.param("zoe late", "Zoe", ("late",), id="a name and a word"),
        pytest.param("room 101 late", "Room 101", ("late",), id="a name with a number and a word"),
        pytest.param("101", "Room 1012", (), id="the beginning of that number"),
        pytest.param("101", "Room 2101", ("101",), id="not its end"),
        pytest.param("101", "SMS from Mars 101", (), id="a number in a name like a generated one"),
        pytest.param("9990 order 4711", "Zoe", ("order", "4711"), id="a part of the phone, and another number"),
        pytest.param("10 am 10/10", "Zoe", ("10", "am"), id="a number of numbers that stand beside it"),
        pytest.param("555-1234 now", "Zoe", ("now", "555", "1234"), id="another's number, as it was typed"),
    ],
)
def test_what_is_not_of_the_customer_is_left_for_messages(query: str, name: str, left: tuple[str, ...]) -> None:
    assert in_all(query).left_for_messages(name, MERCURY) == left
