"""The form parser on anything: parameters or a refusal, and the same parameters as a reference reads."""

import re
from urllib.parse import quote_plus

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.form import Parameters, parse_form
from gateway.limits import MAX_PARAMETER_NAME_BYTES
from servicekit.http.refusal import HttpRefusal

_form_like = st.lists(
    st.sampled_from(
        [
            b"a",
            b"=",
            b"&",
            b"%",
            b"+",
            b";",
            b"%2",
            b"%C3%A9",
            b"%00",
            b"%ff",
            b"\xc3\xa9",
            b"\xff",
            b"Body",
            b"%ED%A0%BD",
            b"%ED%B8%80",
        ]
    )
).map(b"".join)
_text = st.text(st.characters(codec="utf-8"), max_size=40)


def reference(body: bytes) -> Parameters | None:
    """By the rules of the URL Standard for application/x-www-form-urlencoded; None: not UTF-8, or nothing in it. Values
    may have halves of characters."""
    body.decode("utf-8", "surrogatepass")
    found = []
    for part in filter(None, body.split(b"&")):
        name, _, value = part.partition(b"=")
        found.append((_decoded(name, "strict"), _decoded(value, "surrogatepass")))
    return found or None


def _decoded(part: bytes, errors: str) -> str:
    spaces = part.replace(b"+", b" ")
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes.fromhex(m[1].decode()), spaces).decode("utf-8", errors)


def parsed(body: bytes) -> Parameters | None:
    """None: refused. Anything else that is raised fails the test."""
    try:
        return parse_form(body)
    except HttpRefusal:
        return None


@settings(max_examples=1000, deadline=None)
@given(body=st.binary(max_size=200) | _form_like)
@example(b"%c3%28=\xe2\x82")
def test_it_reads_what_the_reference_reads_or_refuses(body: bytes) -> None:
    try:
        expected = reference(body)
    except UnicodeDecodeError:
        expected = None

    assert parsed(body) == expected


@settings(max_examples=300, deadline=None)
@given(parameters=st.lists(st.tuples(_text, _text), min_size=1, max_size=20))
def test_what_was_encoded_comes_back(parameters: Parameters) -> None:
    assert all(len(name.encode()) <= MAX_PARAMETER_NAME_BYTES for name, _ in parameters)
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in parameters)

    assert parse_form(body.encode()) == parameters
