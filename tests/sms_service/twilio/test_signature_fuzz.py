"""Whatever arrives: yes or no, never an exception, and yes only where Twilio's library says so."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from dev.twilio_simulator.signature import sign
from sms_service.twilio.signature import is_valid, signed_urls

TOKEN = "0123456789abcdef0123456789abcdef"
_any_text = st.text(st.characters(codec=None), max_size=30)
_text = st.text(st.characters(codec="utf-8"), max_size=30)
_parameters = st.lists(st.tuples(_text, _text), max_size=8)
_urls = st.from_regex(r"https?://[a-z]{1,8}\.example(:[1-9][0-9]{0,3})?(/[a-z%?&=+]{0,12})?", fullmatch=True)


@settings(max_examples=200, deadline=None)
@given(
    url=_any_text | _urls | st.none(),
    parameters=st.lists(st.tuples(_any_text, _any_text), max_size=5) | st.just([("a",)]) | st.none(),
    signature=_any_text | st.none(),
    tokens=st.lists(_any_text, max_size=3) | st.none(),
)
def test_it_never_raises_and_never_says_yes_to_nonsense(
    url: object, parameters: object, signature: object, tokens: object
) -> None:
    assert is_valid(url, parameters, signature, tokens) is False  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(url=_urls, parameters=_parameters)
def test_what_the_simulator_signs_is_valid_and_with_one_change_is_not(
    url: str, parameters: list[tuple[str, str]]
) -> None:
    signature = sign(url, parameters, TOKEN)

    assert is_valid(url, parameters, signature, [TOKEN])
    assert not is_valid(url, [*parameters, ("more", "")], signature, [TOKEN])
    assert not is_valid(url + "x", parameters, signature, [TOKEN])
    assert not is_valid(url, parameters, signature, [TOKEN[:-1]])
    assert not is_valid(url, parameters, signature[:-1], [TOKEN])


@settings(max_examples=150, deadline=None)
@given(url=_urls, parameters=st.dictionaries(_text, _text, max_size=6), signature_of=_urls)
def test_it_agrees_with_twilios_library(url: str, parameters: dict[str, str], signature_of: str) -> None:
    validator = RequestValidator(TOKEN)
    for signed in (url, signature_of):
        signature = str(validator.compute_signature(signed, parameters))
        ours = is_valid(url, list(parameters.items()), signature, [TOKEN])

        assert ours or not validator.validate(url, parameters, signature)
        assert ours == (signed in signed_urls(url))
