"""What a customer's text says: plain, in base64, or as a place."""

import base64

import pytest

from sms_service.twilio.body import readable, text_of

LONG = "Hello, my bowl arrived broken. Can you send me another one, please? " * 4


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LONG, id="a long text"),
        pytest.param("Where is my order?", id="a short one"),
        pytest.param("¿Dónde está mi pedido? 😡", id="beyond ASCII"),
        pytest.param("one line\nand another\r\none", id="several lines"),
    ],
)
def test_base64_is_decoded(text: str) -> None:
    assert readable(_encoded(text), 2) == text


def test_base64_in_lines_is_decoded() -> None:
    assert readable(base64.encodebytes(LONG.encode()).decode(), 3) == LONG


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("Where is my order?", id="an ordinary text"),
        pytest.param("Do you ship to Canada", id="letters and spaces alone"),
        pytest.param("internationalization", id="a long word"),
        pytest.param("aaaaaaaaaaaaaaaaaaaaaaaa", id="one letter"),
        pytest.param("1234567812345678", id="a number"),
        pytest.param("SGVsbG8gd29ybGQ", id="not whole"),
        pytest.param(_encoded("one"), id="too short to tell"),
        pytest.param(_encoded("onewordwithoutanyspaces"), id="one word"),
        pytest.param(base64.b64encode(bytes(range(240, 256)) * 4).decode(), id="no text in it"),
        pytest.param(_encoded("two words\x00\x01\x02"), id="what only programs write"),
        pytest.param("====" * 8, id="padding alone"),
        pytest.param("See " + _encoded(LONG), id="with words before it"),
    ],
)
def test_other_texts_stay_as_they_are(body: str) -> None:
    assert readable(body, 2) == body


@pytest.mark.parametrize("segments", ["1", "0", "", "-2", "two", "1e3", None], ids=repr)
def test_base64_that_a_customer_may_have_written_stays(segments: str | None) -> None:
    """As it came, in one segment, or where Twilio does not say in how many."""
    body = _encoded("my api key returns 401")
    counted = {} if segments is None else {"NumSegments": segments}

    assert text_of({"Body": body, **counted}) == body


def test_base64_of_several_segments_is_decoded() -> None:
    assert text_of({"Body": _encoded(LONG), "NumSegments": "3"}) == LONG


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        pytest.param(
            {"Latitude": "47.6097", "Longitude": "-122.3422"}, "Location: 47.6097, -122.3422", id="coordinates"
        ),
        pytest.param(
            {"Latitude": "47.6097", "Longitude": "-122.3422", "Label": "Pike Place", "Address": "85 Pike St, Seattle"},
            "Location: Pike Place, 85 Pike St, Seattle (47.6097, -122.3422)",
            id="with a name and an address",
        ),
        pytest.param(
            {"Latitude": "0", "Longitude": "0", "Label": "Here", "Address": "Here"},
            "Location: Here (0, 0)",
            id="said once",
        ),
        pytest.param(
            {"Latitude": "1.5", "Longitude": "2.5", "Body": "I am here"},
            "I am here\nLocation: 1.5, 2.5",
            id="with words",
        ),
        pytest.param({"Latitude": "", "Longitude": "", "Body": "hi"}, "hi", id="empty"),
        pytest.param({"Latitude": "47.6097", "Body": "hi"}, "hi", id="half of it"),
        pytest.param({"Address": "85 Pike St"}, "", id="no coordinates"),
        pytest.param({"Body": "hi"}, "hi", id="none"),
    ],
)
def test_place(parameters: dict[str, str], text: str) -> None:
    assert text_of(parameters) == text
