"""What of the media of strangers is shown, and what is only saved."""

import pytest

from console.pages.media.showing import file_name, how_shown


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("image/png", "image"),
        ("audio/mpeg; rate=8000", "audio"),
        ("VIDEO/MP4", "video"),
        ("video/3gpp", "video"),
        ("text/vcard", "contact"),
        ("image/svg+xml", "file"),
        ("text/html", "file"),
        ("video/x-unknown", "file"),
    ],
)
def test_known_kinds_are_shown_and_all_others_saved(content_type: str, shown: str) -> None:
    assert how_shown(content_type) == shown


def test_a_film_is_saved_under_a_name_that_players_know() -> None:
    assert file_name("med_1", "video/quicktime") == "med_1.mov"
