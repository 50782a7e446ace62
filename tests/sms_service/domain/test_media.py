"""Which attachments are kept, and under which id."""

import pytest

from sms_service.domain.media import media_id
from sms_service.domain.media_types import is_taken, plain_type


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        pytest.param("image/png", "image/png", id="plain"),
        pytest.param(" Text/VCard ; charset=utf-8", "text/vcard", id="with a parameter, in capitals"),
        pytest.param("", "", id="none"),
        pytest.param("image", "", id="half of one"),
        pytest.param("image/png, text/html", "", id="two"),
        pytest.param("a/" + "b" * 200, "", id="too long"),
    ],
)
def test_type_of_a_header(header: str, media_type: str) -> None:
    assert plain_type(header) == media_type


@pytest.mark.parametrize(
    ("media_type", "taken"),
    [
        ("image/jpeg", True),
        ("audio/amr", True),
        ("video/3gpp", True),
        ("application/pdf", True),
        ("text/vcard", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("application/zip", True),
        ("application/msword", True),
        ("text/csv", True),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", True),
        ("application/vnd.ms-word.document.macroenabled.12", False),
        ("application/xml", False),
        ("application/xhtml+xml", False),
        ("application/javascript", False),
        ("application/x-msdownload", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_what_a_browser_would_run_is_not_kept(media_type: str, taken: bool) -> None:
    assert is_taken(media_type) is taken


def test_same_attachment_has_one_id_and_others_have_others() -> None:
    first = media_id("default", "AC1", "MM1", "https://a.example/1")

    assert media_id("default", "AC1", "MM1", "https://a.example/1") == first
    assert first.startswith("med_")
    others = [
        media_id("other", "AC1", "MM1", "https://a.example/1"),
        media_id("default", "AC2", "MM1", "https://a.example/1"),
        media_id("default", "AC1", "MM2", "https://a.example/1"),
        media_id("default", "AC1", "MM1", "https://a.example/2"),
    ]
    assert len({first, *others}) == 5
