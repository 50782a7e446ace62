"""Who is found by which search."""

from typing import Any

import pytest

from tests.ticket_service.domain.examples import NOW, PHONE, customer
from ticket_service.domain.customer import Location, edit, generated_email, generated_name
from ticket_service.domain.search.customer_keys import asked_keys, has_keys, keys_of
from ticket_service.domain.search.words import MAX_WORDS


def _named(name: str, email: str = "", **fields: Any) -> list[str]:
    return keys_of(edit(customer(**fields), {"display_name": name, "email": email}, NOW))


def _unnamed(address: str = PHONE, location: Location = Location()) -> list[str]:  # noqa: B008
    name, email = generated_name(address, location), generated_email(address)
    return keys_of(customer(address=address, location=location, display_name=name, email=email))


ZOE = _named("Zoë Müller-Łoś", "z.mueller@example.com")
SEATTLE = _unnamed(location=Location("SEATTLE", "WA", "US"))


@pytest.mark.parametrize(
    ("keys", "query", "found"),
    [
        pytest.param(ZOE, "zoe", True, id="without the accent"),
        pytest.param(ZOE, "ZOË", True, id="another case"),
        pytest.param(ZOE, "mul", True, id="a beginning"),
        pytest.param(ZOE, "los zo", True, id="two beginnings, in any order"),
        pytest.param(ZOE, "oller", False, id="the middle of a word"),
        pytest.param(ZOE, "zoe smith", False, id="one word that is not there"),
        pytest.param(ZOE, "z.mueller@example.com", True, id="the e-mail address"),
        pytest.param(ZOE, "mueller@ex", True, id="a part of it"),
        pytest.param(ZOE, "5551234567", True, id="the number"),
        pytest.param(ZOE, "(555) 123-4567", True, id="as people write it"),
        pytest.param(ZOE, "+1 555 123 4567", True, id="with the country"),
        pytest.param(ZOE, "1234", True, id="its middle"),
        pytest.param(ZOE, "567", True, id="its end"),
        pytest.param(ZOE, "555 123", True, id="parts of it that follow each other"),
        pytest.param(ZOE, "123 555", False, id="parts of it in another order"),
        pytest.param(ZOE, "zoe 4567", True, id="name and part of the number"),
        pytest.param(ZOE, "zoe 4568", False, id="name and part of another number"),
        pytest.param(ZOE, "٤٥٦٧", True, id="Arabic digits"),
        pytest.param(ZOE, "67", False, id="two digits are not enough of a number"),
        pytest.param(_named("Gate 67"), "67", True, id="but a word"),
        pytest.param(_named("Gate 6789"), "678", True, id="digits in a name"),
        pytest.param(_named("Shop 0815"), "0815", True, id="digits with a zero in front in a name"),
        pytest.param(_named("a1b2"), "a1b", True, id="digits within a word"),
        pytest.param(_named("王小明"), "小明", True, id="a script without spaces"),
        pytest.param(_named("Ann", address="+493012345678"), "030 1234", True, id="the zero that is dialled at home"),
        pytest.param(_named("Ann", address="+442079460000"), "+44 (0)20 7946", True, id="the zero in brackets"),
        pytest.param(_named("Ann", address="+5215512345678"), "+52 55 1234", True, id="an old form, by the new one"),
        pytest.param(_named("Ann", address="+525512345678"), "+52 1 55 1234", True, id="a new form, by the old one"),
        pytest.param(_named("Ann", address="whatsapp:+15551234567"), "555123", True, id="a number behind a scheme"),
        pytest.param(_named("Ann", address="12345"), "234", True, id="a short code"),
        pytest.param(_unnamed("KEVA Shop"), "keva", True, id="a sender's name"),
        pytest.param(SEATTLE, "seattle", True, id="the place that names them"),
        pytest.param(SEATTLE, "SMS from Seattle, WA", True, id="the generated name"),
        pytest.param(SEATTLE, "sms", False, id="a word that all generated names have"),
        pytest.param(SEATTLE, "keva.local", False, id="the generated e-mail address"),
        pytest.param(_unnamed(), f"SMS from {PHONE}", True, id="the number that names them"),
        pytest.param(_named("SMS from Mars"), "SMS from Mars", True, id="somebody called so"),
        pytest.param(_named("SMS from Mars"), "sms from", True, id="the same by these words alone"),
    ],
)
def test_who_is_found(keys: list[str], query: str, found: bool) -> None:
    assert has_keys(keys, asked_keys(query)) == found


@pytest.mark.parametrize("email", ["anna@example.com", "anna-12.34@example.com", "171.234567@x.de", "a+1(2)3@x.de"])
def test_customer_is_found_by_the_whole_e_mail_address_and_its_beginnings(email: str) -> None:
    keys = _named("Anna", email)

    assert all(has_keys(keys, asked_keys(part)) for part in (email, email.upper()))
    assert all(has_keys(keys, asked_keys(email[:end])) for end in range(1, len(email)))


@pytest.mark.parametrize("query", ["", "  ", "?!", "+ ( -"])
def test_query_without_letters_and_digits_asks_for_nothing(query: str) -> None:
    assert asked_keys(query) == []


def test_keys_of_a_number_are_its_ends() -> None:
    assert sorted(_unnamed("+15551"), key=len) == ["#551", "#5551", "#15551"]


def test_customer_who_never_was_named_has_few_keys() -> None:
    """Every new customer's are written when the text is stored."""
    assert len(SEATTLE) == len(["seattle", "wa"]) + len("15551234567") - 2


def test_forgotten_customer_is_found_by_nothing() -> None:
    assert keys_of(customer(display_name="Forgotten customer", forget_time=NOW)) == []


@pytest.mark.parametrize(
    "text", ["1" * 200, "1 " * 100, "(" * 200, "+" * 100 + "1" * 100, "a" * 200, "1(" * 100, "王" * 200]
)
def test_keys_are_few_whatever_was_typed(text: str) -> None:
    assert len(asked_keys(text)) <= 200
    assert len(_named(text, text, address=text)) <= MAX_WORDS
