"""The simulator's signature against Twilio's documentation and Twilio's library."""

import pytest
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from dev.twilio_simulator.signature import sign, signed_url


def test_sign_when_the_documentation_gives_the_answer() -> None:
    params = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]

    signature = sign("https://example.com/myapp.php?foo=1&bar=2", params, "12345")

    assert signature == "L/OH5YylLD5NRKLltdqwSvS0BnU="


@pytest.mark.parametrize(
    "params",
    [
        pytest.param([("b", "2"), ("B", "1"), ("a", "")], id="case and empty values"),
        pytest.param([("Body", "  żółw 🐢 +&= \n")], id="any characters"),
        pytest.param([("x", "2"), ("x", "1"), ("x", "2")], id="repeated names"),
        pytest.param([("a", "1"), ("ab", ""), ("a.b", "3")], id="names that begin alike"),
    ],
)
def test_sign_when_twilios_library_checks_it(params: list[tuple[str, str]]) -> None:
    url = "https://sms.example.com:8443/in?desk=a%2Fb"

    assert RequestValidator("t").validate(url, MultiDict(params), sign(url, params, "t"))


@pytest.mark.parametrize(
    ("configured", "signed"),
    [
        pytest.param("https://h.example/p?x=1#rc=3&rp=5xx", "https://h.example/p?x=1", id="fragment"),
        pytest.param("https://me:secret@h.example/p", "https://h.example/p", id="credentials"),
        pytest.param("https://h.example:8443/p", "https://h.example:8443/p", id="port is kept"),
        pytest.param("https://h.example/%2f//a?b=%20", "https://h.example/%2f//a?b=%20", id="bytes are kept"),
    ],
)
def test_signed_url(configured: str, signed: str) -> None:
    assert signed_url(configured) == signed
