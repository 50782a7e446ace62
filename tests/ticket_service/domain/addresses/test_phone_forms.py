"""Old and new forms of one phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_service.domain.addresses.phone_forms import all_forms, current_form


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("+5215512345678", "+525512345678", id="Mexico"),
        pytest.param("+541123456789", "+5491123456789", id="Argentina"),
        pytest.param("+542214567890", "+5492214567890", id="Argentina, longer area code"),
        pytest.param("+551187654321", "+5511987654321", id="Brazil"),
        pytest.param("+552198765432", "+5521998765432", id="Brazil, a number that began with 9"),
        pytest.param("+22997123456", "+2290197123456", id="Benin"),
        pytest.param("+22559005608", "+2250759005608", id="Côte d'Ivoire, Orange"),
        pytest.param("+22505123456", "+2250505123456", id="Côte d'Ivoire, MTN"),
        pytest.param("+22501123456", "+2250101123456", id="Côte d'Ivoire, Moov"),
        pytest.param("whatsapp:+5215512345678", "whatsapp:+525512345678", id="behind a scheme"),
    ],
)
def test_old_and_new_form_are_one_phone(old: str, new: str) -> None:
    assert current_form(old) == current_form(new) == new
    assert all_forms(old) == (old, new)
    assert all_forms(new) == (new, old)


@pytest.mark.parametrize(
    "address",
    [
        "+12065550100",
        "+442079460958",
        "+525512345",
        "+52155123456789",
        "+551123456789",
        "+5511323456789",
        "+2291234567",
        "+22520123456",
        "+225",
        "12345",
        "KEVA",
        "52155123456",
        "whatsapp:BR.1502576394655843",
        "forgotten:cus_01ABC",
        "",
    ],
)
def test_all_else_has_one_form(address: str) -> None:
    assert current_form(address) == address
    assert all_forms(address) == (address,)


@given(st.from_regex(r"\A\+(52|54|55|225|229)[0-9]{6,13}\Z") | st.text(max_size=20))
def test_forms_are_a_closed_family(address: str) -> None:
    forms = all_forms(address)

    assert current_form(current_form(address)) == current_form(address)
    assert {current_form(form) for form in forms} == {current_form(address)}
    assert all(set(all_forms(form)) == set(forms) for form in forms)


@given(st.from_regex(r"\A\+(52|54|55|225|229)[0-9]{6,13}\Z"), st.from_regex(r"\A\+(52|54|55|225|229)[0-9]{6,13}\Z"))
def test_two_phones_never_become_one(one: str, other: str) -> None:
    assert (current_form(one) == current_form(other)) == (other in all_forms(one))
