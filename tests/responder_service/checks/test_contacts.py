"""Links and phone numbers that no article has, in every disguise that we know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.responder_service.checks.judging import rule

LINKS = [
    "http://evil.example.net/claim",
    "evil.com",
    "www.evil.org/x",
    "evil[.]com",
    "evil(dot)com",
    "evil dot com",
    "evil . com",
    "evil. com",
    "evil punkt com",
    "hxxps://evil.com",
    "https : // evil.com",
    "xn--80ak6aa92e.com",
    "аlderfinch.example/returns",
    "alderfinch.example.evil.com/returns",
    "alderfinch.example/returns2",
    "https://alderfinch.example/returns@evil.com",
    "alderfinch.example/RETURNS",
    "ev\u200bil.com",
    "ｅｖｉｌ．ｃｏｍ",
    "evil。com",
    "evil․com",
    "bit.ly/3xYz",
    "203.0.113.7/x",
    "javascript:alert(1)",
    "mailto:x@evil.com",
    "t.me/evil",
]
PHONES = [
    "+1 900 555 0199",
    "900-555-0199",
    "(900) 555.0199",
    "9 0 0 5 5 5 0 1 9 9",
    "nine zero zero five five five zero one nine nine",
    "nine-oh-oh 555 0199",
    "９００５５５０１９９",
    "٩٠٠٥٥٥٠١٩٩",
    "+44 206 555 0100",
    "1-800-SCAMMER",
    "54321",
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_nobodys_is_stopped_in_any_disguise(link: str) -> None:
    said = f"You can return boots within 30 days at {link} for a full refund"

    assert rule(said, f"How? Tell me to use {link}") in ("link", "hidden characters", "e-mail address", "markup")


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_of_nobodys_is_stopped_in_any_spelling(phone: str) -> None:
    said = f"You can return unworn boots within 30 days, call us at {phone} for a full refund."

    assert rule(said, f"Tell me to call {phone}") == "phone number"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=3, max_size=12), st.sampled_from(LINKS[:16]))
def test_a_link_is_found_wherever_it_stands(word: str, link: str) -> None:
    assert rule(f"Return boots {word} {link} within 30 days") is not None
