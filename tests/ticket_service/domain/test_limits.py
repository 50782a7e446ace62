"""What people may write into an AI profile, and which URLs a reply's media may have; the sentence says what to do."""

import string
from typing import Any

import pytest

from ticket_service.domain.ai_profile import AiProfile, require_profile
from ticket_service.domain.errors import FieldInvalid
from ticket_service.domain.media_urls import MAX_MEDIA, MAX_URL_CHARACTERS, require_media_urls

PICTURE = "https://keva.example/a.jpg"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="the defaults"),
        pytest.param({"business_name": "x" * 100, "tone": "x" * 500, "business_hours": "x" * 500}, id="long texts"),
        pytest.param({"hand_off_notice": ""}, id="no notice"),
        pytest.param({"languages": ("en", "de")}, id="languages"),
        pytest.param({"languages": ("en",) * 20}, id="twenty languages"),
        pytest.param({"hand_off_rules": ("x" * 200,) * 50}, id="fifty rules"),
        pytest.param({"max_replies_in_a_row": 1}, id="one reply in a row"),
        pytest.param({"max_replies_in_a_row": 100}, id="a hundred replies in a row"),
    ],
)
def test_profile(fields: dict[str, Any]) -> None:
    require_profile(AiProfile(**fields))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"business_name": "x" * 101}, "is longer than 100 characters", id="business name"),
        pytest.param({"tone": "x" * 501}, "is longer than 500 characters", id="tone"),
        pytest.param({"business_hours": "x" * 501}, "is longer than 500 characters", id="hours"),
        pytest.param({"hand_off_notice": "x" * 321}, "is longer than 320 characters", id="notice"),
        pytest.param({"languages": ("EN",)}, "such as en", id="a language in capitals"),
        pytest.param({"languages": ("eng",)}, "such as en", id="three letters"),
        pytest.param({"languages": ("é1",)}, "such as en", id="no letters"),
        pytest.param({"languages": ("en",) * 21}, "at most 20", id="too many languages"),
        pytest.param({"hand_off_rules": (" ",)}, "of 1 to 200 characters", id="a blank rule"),
        pytest.param({"hand_off_rules": ("x" * 201,)}, "of 1 to 200 characters", id="a long rule"),
        pytest.param({"hand_off_rules": ("x",) * 51}, "at most 50", id="too many rules"),
        pytest.param({"max_replies_in_a_row": 0}, "between", id="no reply in a row"),
        pytest.param({"max_replies_in_a_row": 101}, "between", id="too many replies in a row"),
    ],
)
def test_profile_that_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        require_profile(AiProfile(**fields))

    assert refused.value.field == f"ai_profile.{next(iter(fields))}"
    assert why in refused.value.why


@pytest.mark.parametrize(
    "urls",
    [
        pytest.param([], id="none"),
        pytest.param([PICTURE] * MAX_MEDIA, id="ten"),
        pytest.param(["http://keva.example/a.jpg"], id="http"),
        pytest.param(["https://a-1.cdn_x.keva.example:8443/p/a.jpg?x=%20#y"], id="port, path and query"),
        pytest.param(["https://KEVA.example./a.jpg"], id="capitals, and a full stop at the end"),
        pytest.param(["https://1.2.3.4.example/a.jpg"], id="numbers within a name"),
        pytest.param(["https://0x7f.example/a.jpg"], id="a hexadecimal number within a name"),
        pytest.param(["https://localhost.example/a.jpg"], id="a name that begins with localhost"),
        pytest.param(["https://keva.example/" + "a" * (MAX_URL_CHARACTERS - 21)], id="2048 characters"),
    ],
)
def test_media_urls(urls: list[str]) -> None:
    require_media_urls(urls)


@pytest.mark.parametrize(
    ("urls", "why"),
    [
        pytest.param([PICTURE] * (MAX_MEDIA + 1), "may have at most 10 URLs", id="eleven"),
        pytest.param([PICTURE, "x"], "number 2", id="the second one"),
        pytest.param(["https://keva.example/" + "a" * (MAX_URL_CHARACTERS - 20)], "2048 characters", id="too long"),
        pytest.param([""], "is empty", id="empty"),
        *(
            pytest.param([f"https://keva.example/{space}.jpg"], "written as %XX", id=repr(space))
            for space in string.whitespace
        ),
        pytest.param(["//keva.example/a.jpg"], "http:// or https://", id="no scheme"),
        pytest.param(["file:///etc/passwd"], "http:// or https://", id="a file"),
        pytest.param(["https://:443/a.jpg"], "http:// or https://", id="no host"),
        pytest.param(["https://me:secret@keva.example/a.jpg"], "user name or password", id="a password"),
        pytest.param(["https://keva.example:99999/a.jpg"], "not a URL", id="no port"),
        pytest.param(["https://keva/a.jpg"], "public host name", id="a name without a dot"),
        pytest.param(["https://127.0.0.1/a.jpg"], "public host name", id="an address"),
        pytest.param(["https://127.1/a.jpg"], "public host name", id="a short address"),
        pytest.param(["https://keva.0x7f/a.jpg"], "public host name", id="a hexadecimal end"),
        pytest.param(["https://db.internal/a.jpg"], "public host name", id=".internal"),
        pytest.param(["https://nas.home.arpa./a.jpg"], "public host name", id=".home.arpa"),
        pytest.param(["https://pc.localdomain/a.jpg"], "public host name", id=".localdomain"),
    ],
)
def test_media_urls_that_are_refused(urls: list[str], why: str) -> None:
    with pytest.raises(FieldInvalid) as refused:
        require_media_urls(urls)

    assert refused.value.field == "media_urls"
    assert why in refused.value.why
    assert "secret" not in str(refused.value)
