"""The signature check against Twilio's documentation and Twilio's own library."""

import base64
import hmac
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from servicekit.secret import Secret
from sms_service.domain.credential import SharedKey
from sms_service.twilio.signature import is_valid

TOKEN = "12345"
URL = "https://sms.example.com/api/webhooks/twilio"
PARAMETERS = [("From", "+15551234567"), ("Body", "hello")]


def signature_of(url: str, parameters: list[tuple[str, str]], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, MultiDict(parameters)))


def test_the_example_of_the_documentation() -> None:
    parameters = [
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", "+14158675310"),
        ("Caller", "+14158675310"),
        ("CallSid", "CA1234567890ABCDE"),
    ]

    assert is_valid(
        "https://example.com/myapp.php?foo=1&bar=2",
        parameters,
        "L/OH5YylLD5NRKLltdqwSvS0BnU=",
        [TOKEN],
    )


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param([], id="none"),
        pytest.param([("a", ""), ("b", "")], id="empty values"),
        pytest.param([("b", "2"), ("B", "1"), ("a", "3")], id="case decides the order"),
        pytest.param(
            [("x", "2"), ("x", "1"), ("x", "2")],
            id="a repeated name counts once per value",
        ),
        pytest.param([("Body", "a+b &=%2B")], id="plus and percent"),
        pytest.param([("Body", "  spaces \n\t ")], id="leading and trailing spaces"),
        pytest.param([("Body", "żółw 🐢 👩‍👩‍👧 \u202e")], id="emoji"),
        pytest.param([("a", "1"), ("ab", ""), ("a.b", "3")], id="names that begin alike"),
        pytest.param([("", "x"), ("", "")], id="empty name"),
        pytest.param([("Body", "\x00\x1f")], id="control characters"),
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        pytest.param(URL, id="plain"),
        pytest.param(URL + "?desk=a%2fb&x=%20&y=+&z=", id="query"),
        pytest.param("https://sms.example.com/a%2Fb//c;d", id="encoded path"),
        pytest.param("https://sms.example.com:8443/in", id="port"),
        pytest.param("http://sms.example.com:80/in", id="usual port"),
        pytest.param("https://SMS.Example.com/in", id="upper case host"),
        pytest.param("https://sms.example.com", id="no path"),
    ],
)
def test_what_twilios_library_signs_is_valid(url: str, parameters: list[tuple[str, str]]) -> None:
    signature = signature_of(url, parameters)

    assert is_valid(url, parameters, signature, [TOKEN])
    assert is_valid(url, list(reversed(parameters)), signature, [TOKEN])
    assert RequestValidator(TOKEN).validate(url, MultiDict(parameters), signature)
    assert not is_valid(url, [*parameters, ("new", "")], signature, [TOKEN])
    assert not is_valid(url + "x", parameters, signature, [TOKEN])


@pytest.mark.parametrize(
    ("requested", "signed"),
    [
        pytest.param(
            "https://h.example/p",
            "https://h.example:443/p",
            id="usual https port was signed",
        ),
        pytest.param(
            "http://h.example/p",
            "http://h.example:80/p",
            id="usual http port was signed",
        ),
        pytest.param("https://h.example:8443/p", "https://h.example/p", id="port was dropped"),
        pytest.param("https://h.example:8443/p", "https://h.example:8443/p", id="port was kept"),
        pytest.param(
            "https://u:p@h.example/p",
            "https://h.example/p",
            id="credentials were dropped",
        ),
        pytest.param(
            "https://u:p@h.example/p",
            "https://u:p@h.example/p",
            id="credentials were kept",
        ),
        pytest.param(
            "https://u:p@h.example:1/p",
            "https://h.example/p",
            id="credentials and port were dropped",
        ),
        pytest.param(
            "https://u:p@h.example:1/p",
            "https://u:p@h.example:1/p",
            id="credentials and port were kept",
        ),
        pytest.param(
            "https://u:p@h.example:1/p",
            "https://u:p@h.example/p",
            id="credentials were kept, port dropped",
        ),
        pytest.param(
            "https://h.example/p#rc=3&rp=5xx",
            "https://h.example/p",
            id="fragment is never signed",
        ),
        pytest.param(
            "https://h.example/p?a=1#rc=3",
            "https://h.example/p?a=1",
            id="fragment after a query",
        ),
        pytest.param("https://h.example/p?", "https://h.example/p?", id="empty query was kept"),
        pytest.param("https://h.example/p?", "https://h.example/p", id="empty query was dropped"),
        pytest.param(
            "https://h.example/p??",
            "https://h.example/p??",
            id="a question mark in the query is kept",
        ),
        pytest.param(
            "https://[2001:db8::1]:8080/p",
            "https://[2001:db8::1]/p",
            id="IPv6, port was dropped",
        ),
        pytest.param(
            "https://[2001:db8::1]/p",
            "https://[2001:db8::1]:443/p",
            id="IPv6, usual port was signed",
        ),
        pytest.param("https://h.example:99999999/p", "https://h.example/p", id="no possible port"),
        pytest.param("HTTPS://h.example/p", "HTTPS://h.example/p", id="upper case scheme"),
    ],
)
def test_forms_of_the_url_that_twilio_may_have_signed(requested: str, signed: str) -> None:
    assert is_valid(requested, PARAMETERS, signature_of(signed, PARAMETERS), [TOKEN])


@pytest.mark.parametrize(
    ("requested", "signed"),
    [
        pytest.param("https://h.example/p", "http://h.example/p", id="other scheme"),
        pytest.param("https://h.example/p", "https://h.example/P", id="other path"),
        pytest.param("https://h.example/a%2fb", "https://h.example/a%2Fb", id="other encoding"),
        pytest.param(
            "https://h.example/p",
            "https://h.example:8443/p",
            id="a port that was not asked for",
        ),
        pytest.param(
            "https://h.example/p??",
            "https://h.example/p?",
            id="half of two question marks",
        ),
        pytest.param(
            "https://h.example/p",
            "https://u:p@h.example/p",
            id="credentials that were not given",
        ),
    ],
)
def test_other_urls_are_refused(requested: str, signed: str) -> None:
    assert not is_valid(requested, PARAMETERS, signature_of(signed, PARAMETERS), [TOKEN])


def test_either_token_is_good_while_they_rotate() -> None:
    old, new = (
        signature_of(URL, PARAMETERS, "old"),
        signature_of(URL, PARAMETERS, "new"),
    )

    assert is_valid(URL, PARAMETERS, old, ["new", "old"])
    assert is_valid(URL, PARAMETERS, new, ["new", "old"])
    assert not is_valid(URL, PARAMETERS, old, ["new"])
    assert not is_valid(URL, PARAMETERS, old, [])
    assert not is_valid(URL, PARAMETERS, signature_of(URL, PARAMETERS, ""), [""])


SIGNATURE = signature_of(URL, PARAMETERS)
ANYTHING: list[Any] = [
    None,
    7,
    b"bytes",
    "\ud800",
    "",
    object(),
    [None],
    [("a",)],
    [("a", None)],
    {"a": 1},
    "🐢",
]


@pytest.mark.parametrize("thing", [pytest.param(thing, id=repr(thing)[:20]) for thing in ANYTHING])
def test_nothing_raises(thing: Any) -> None:
    good: list[Any] = [URL, PARAMETERS, SIGNATURE, [TOKEN]]
    for position in range(4):
        arguments = [*good[:position], thing, *good[position + 1 :]]

        assert is_valid(*arguments) is False


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("//", id="no scheme"),
        pytest.param("https://", id="no host"),
        pytest.param("https://[::1/p", id="open bracket"),
        pytest.param("https://h:p:q/p", id="two ports"),
        pytest.param("https://h:99999999999999999999/", id="huge port"),
        pytest.param("https://@@@/?#", id="at signs"),
        pytest.param("\x00\ud800://", id="surrogate"),
    ],
)
def test_garbage_urls_are_refused(url: str) -> None:
    assert is_valid(url, PARAMETERS, SIGNATURE, [TOKEN]) is False


names = st.text(max_size=8)
form = st.lists(st.tuples(names, st.text(max_size=20)), max_size=6)
urls = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{path}{query}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(["h.example", "H.Example", "10.0.0.1"]),
    st.sampled_from(["", ":80", ":443", ":8443"]),
    # No `;`: Python's urlparse, and with it Twilio's library, drops an empty one at the end of a path.
    st.text(alphabet="aZ09%2f,=~-_./", max_size=12),
    st.one_of(
        st.just(""),
        st.text(alphabet="aZ09%2f&=+?/", max_size=12).map(lambda query: "?" + query),
    ),
)


@settings(max_examples=300, deadline=None)
@given(url=urls, other=urls, parameters=form, token=st.text(min_size=1, max_size=8))
def test_the_answer_is_that_of_twilios_library(
    url: str, other: str, parameters: list[tuple[str, str]], token: str
) -> None:
    validator = RequestValidator(token)
    multi = MultiDict(parameters)
    signature = validator.compute_signature(other, multi)

    if validator.validate(url, multi, signature):
        assert is_valid(url, parameters, signature, [token])
    assert is_valid(other, parameters, signature, [token])
    assert not is_valid(other, parameters, signature, [token + "x"])


anything = st.one_of(
    st.none(),
    st.binary(),
    st.integers(),
    st.text(st.characters(codec=None)),
    st.lists(st.text()),
)


@settings(max_examples=300, deadline=None)
@given(url=anything, parameters=anything, signature=anything, tokens=anything)
def test_anything_is_answered_with_no(url: Any, parameters: Any, signature: Any, tokens: Any) -> None:
    assert is_valid(url, parameters, signature, tokens) is False


SHARED = SharedKey("webhooks_sharedkey_1", "HMAC_SHA256", Secret("s" * 32))
NAMED = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


def shared_signature(algorithm: str = "HMAC_SHA256", secret: str = SHARED.secret.reveal()) -> str:
    return str(RequestValidator(secret).compute_signature(URL, MultiDict(PARAMETERS), algorithm))


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
def test_what_a_shared_key_signs_is_valid_as_twilios_library_has_it(algorithm: str) -> None:
    key = SharedKey("k", algorithm, Secret("s" * 32))

    assert is_valid(URL, PARAMETERS, shared_signature(algorithm), [TOKEN], f"key=k,algorithm={algorithm}", [key])
    assert not is_valid(URL, PARAMETERS, shared_signature(algorithm), [TOKEN], "", [key])


def test_without_the_header_the_auth_token_signs_beside_shared_keys() -> None:
    assert is_valid(URL, PARAMETERS, signature_of(URL, PARAMETERS), [TOKEN], "", [SHARED])
    assert not is_valid(URL, PARAMETERS, signature_of(URL, PARAMETERS), [TOKEN], NAMED, [SHARED])


def test_the_header_does_not_choose_the_algorithm() -> None:
    settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1"

    assert not is_valid(URL, PARAMETERS, shared_signature("HMAC_SHA1"), [TOKEN], settings, [SHARED])
    assert not is_valid(URL, PARAMETERS, shared_signature("HMAC_SHA1"), [TOKEN], NAMED, [SHARED])


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("key=another,algorithm=HMAC_SHA256", id="unknown key"),
        pytest.param("algorithm=HMAC_SHA256", id="no key"),
        pytest.param("key=webhooks_sharedkey_1", id="no algorithm is HMAC_SHA1"),
        pytest.param(f"{NAMED},{NAMED}", id="twice"),
        pytest.param("key=webhooks_sharedkey_1,key=another,algorithm=HMAC_SHA256", id="two keys"),
        pytest.param("webhooks_sharedkey_1", id="no names"),
        pytest.param(f"{NAMED},", id="empty part"),
        pytest.param(",", id="commas"),
        pytest.param("key=webhooks_sharedkey_1,algorithm=MD5", id="no algorithm of Twilio's"),
        pytest.param("key=,algorithm=HMAC_SHA256", id="empty key"),
        pytest.param(" ", id="a space"),
    ],
)
def test_a_header_that_does_not_name_a_known_key_is_refused(header: str) -> None:
    assert not is_valid(URL, PARAMETERS, shared_signature(), [TOKEN], header, [SHARED])


@given(header=st.text(max_size=80), secret=st.text(max_size=20), algorithm=st.text(max_size=12))
@settings(max_examples=200)
def test_whatever_the_header_and_the_key_are_nothing_is_raised(header: str, secret: str, algorithm: str) -> None:
    keys = [SharedKey("k", algorithm, Secret(secret))]

    assert is_valid(URL, PARAMETERS, "x", [TOKEN], header, keys) is False
    assert is_valid(URL, PARAMETERS, "x", [TOKEN], f"key=k,algorithm={algorithm}", keys) is False


@pytest.mark.parametrize("signed", [b"Bodyhi \xed\xa0\xbd", "Bodyhi \ufffd".encode()], ids=["as it is", "replaced"])
def test_half_of_a_character_may_be_signed_as_it_is_or_replaced(signed: bytes) -> None:
    url, token = "https://sms.keva.example/a", "token"
    signature = base64.b64encode(hmac.digest(token.encode(), url.encode() + signed, "sha1")).decode()

    assert is_valid(url, [("Body", "hi \ud83d")], signature, [token])
    assert not is_valid(url, [("Body", "hi \ud83e!")], signature, [token])
