"""Texts in pieces, what they cost, and times as people write them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.pages.media.contact import Contact, read_contact
from console.pages.media.showing import file_name, how_shown
from console.pages.ticket.doing.presets import presets, until_of
from console.words.segments import count
from console.words.texts import folded, pieces
from console.words.zones import day_words, time_of_field, zone_named, zone_words

NEW_YORK = ZoneInfo("America/New_York")
# A Wednesday, 10:00 in New York.
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "url", "host"),
    [
        pytest.param("see https://a.example/b.", "https://a.example/b", "", id="a stop behind it"),
        pytest.param("(http://a.example/b_(c))", "http://a.example/b_(c)", "", id="brackets"),
        pytest.param("HTTPS://A.example", "HTTPS://A.example", "", id="capitals"),
        pytest.param(
            "https://bank.example@evil.example/", "https://bank.example@evil.example/", "evil.example", id="user"
        ),
        pytest.param("https://bаnk.example/", "https://bаnk.example/", "xn--bnk-6cd.example", id="a Cyrillic letter"),
    ],
)
def test_a_link_leads_where_it_says(text: str, url: str, host: str) -> None:
    (link,) = [piece for piece in pieces(text) if piece.url]

    assert (link.url, link.host) == (url, host)


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "http://", "https:///x", "http://localhost", "https://a\\b.example"],
)
def test_what_leads_nowhere_is_no_link(text: str) -> None:
    assert [piece.url for piece in pieces(text)] == [""]


@given(st.text(alphabet=st.sampled_from("https://a.b@\\?#[]() \n<>\"'%é")))
def test_nothing_of_a_text_is_lost(text: str) -> None:
    whole = folded(text * 40)

    assert "".join(piece.text for piece in pieces(text)) == text
    assert "".join(piece.text for piece in (*whole.start, *whole.rest)) == text * 40


def test_a_long_text_folds_and_one_a_little_longer_does_not() -> None:
    assert folded("line\n" * 40).rest
    assert folded("word " * 300).rest
    assert not folded("line\n" * 13).rest
    assert not folded("word " * 180).rest


def test_what_a_text_costs_is_quiet_until_it_costs_more() -> None:
    typographic = count("It’s " + "x" * 100)

    assert count("").segments == 0
    assert (count("hello").segments, count("’").costly) == (1, [])
    assert (typographic.segments, typographic.fewer) == (2, 1)
    assert [(one.shown, one.line) for one in typographic.costly] == [("’", 1)]
    assert [one.shown for one in count("\n\u200b" + "x" * 100).costly] == ["Zero width space"]
    assert (count("x" * 1600).is_long, count("x" * 1601).is_long) == (False, True)


def test_a_zone_that_is_none_is_utc() -> None:
    for name in ("", "../../etc/passwd", "No/Where", "x" * 500, "Europe"):
        assert zone_named(name) is UTC
    assert zone_words(zone_named("America/New_York")) == "America/New York"
    assert time_of_field("2026-07-01T09:00", NEW_YORK) == datetime(2026, 7, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("9999-12-31T23:59", "America/New_York"), ("0001-01-01T00:00", "Asia/Tokyo"), ("soon", "UTC"), ("", "UTC")],
)
def test_what_is_no_time_in_utc_is_none(typed: str, zone: str) -> None:
    for read in (time_of_field, lambda text, where: until_of("time", text, NOW, where)):
        with pytest.raises(ValueError, match=r"."):
            read(typed, zone_named(zone))


@pytest.mark.parametrize("seconds", ["soon", "9" * 30, "9" * 5000, "-" + "9" * 12])
def test_what_is_no_number_of_seconds_is_no_time(seconds: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        until_of(f"at:{seconds}", "", NOW, NEW_YORK)


@pytest.mark.parametrize(
    ("past", "words"),
    [(0, "Today"), (1, "Yesterday"), (2, "Monday"), (7, "25 February"), (365, "4 March 2025"), (-1, "5 March")],
)
def test_days_are_named_as_people_do(past: int, words: str) -> None:
    assert day_words(date(2026, 3, 4) - timedelta(days=past), date(2026, 3, 4)) == words


def test_a_ticket_is_put_aside_until_the_readers_own_morning() -> None:
    times = {preset.name: preset.until for preset in presets(NOW, NEW_YORK)}

    assert times["hour"] == NOW + timedelta(hours=1)
    assert times["tomorrow"] == datetime(2026, 3, 5, 9, tzinfo=NEW_YORK)
    # On Sunday the clocks have gone forward.
    assert until_of("monday", "", NOW, NEW_YORK) == datetime(2026, 3, 9, 13, tzinfo=UTC)
    assert times["next-text"] is None
    assert "evening" not in {preset.name for preset in presets(NOW + timedelta(hours=8), NEW_YORK)}
    assert until_of("at:1772000000", "", NOW, NEW_YORK) == datetime.fromtimestamp(1772000000, UTC)
    with pytest.raises(ValueError, match="Invalid isoformat"):
        until_of("time", "soon", NOW, NEW_YORK)


def test_a_preset_is_the_time_that_was_shown_however_late_it_is_pressed() -> None:
    shown = {preset.name: preset for preset in presets(NOW, NEW_YORK)}
    evening, tomorrow = shown["evening"], shown["tomorrow"]

    assert evening.until == datetime(2026, 3, 4, 18, tzinfo=NEW_YORK)
    assert tomorrow.until is not None
    shortly_before, past_midnight = evening.until - timedelta(minutes=5), tomorrow.until - timedelta(hours=8)
    assert until_of(evening.value, "", shortly_before, NEW_YORK) == evening.until
    assert until_of(tomorrow.value, "", past_midnight, NEW_YORK) == tomorrow.until
    # A page of before this version sends the name.
    assert until_of("evening", "", shortly_before, NEW_YORK) == evening.until
    # What is shown without a time begins with the click, as it says.
    assert until_of(shown["hour"].value, "", past_midnight, NEW_YORK) == past_midnight + timedelta(hours=1)
    assert until_of(shown["next-text"].value, "", past_midnight, NEW_YORK) is None


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("image/jpeg", "image"),
        ("IMAGE/PNG; charset=x", "image"),
        ("image/svg+xml", "file"),
        ("text/html", "file"),
        ("audio/mpeg", "audio"),
        ("text/x-vcard", "contact"),
        ("", "file"),
    ],
)
def test_only_what_no_browser_runs_is_shown_in_place(content_type: str, shown: str) -> None:
    assert how_shown(content_type) == shown


def test_a_file_has_a_name_that_breaks_no_header() -> None:
    assert file_name('med"\r\nX: y', "image/jpeg") == "medXy.jpg"
    assert file_name("med_1", "text/html") == "med_1.bin"


@pytest.mark.parametrize(
    ("lines", "contact"),
    [
        pytest.param(
            ["BEGIN:VCARD", "FN:Ann", "TEL:1", "TEL:1", "EMAIL:a@b.example", "ORG:Bakery;East", "END:VCARD", "FN:Bob"],
            Contact("Ann", "Bakery East", ("1",), ("a@b.example",)),
            id="the first of several",
        ),
        pytest.param(
            ["N:Baker;Ann;;;", "item1.TEL;VALUE=uri:tel:+12065550142"],
            Contact("Ann Baker", "", ("+12065550142",), ()),
            id="a structured name and a group",
        ),
        pytest.param(["FN:An", " n B\\, Jr"], Contact("Ann B, Jr", "", (), ()), id="folded and escaped"),
        pytest.param(
            ["FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen"],
            Contact("Jürgen", "", (), ()),
            id="of an old phone",
        ),
        pytest.param(["\x00\x01", ":::"], Contact("", "", (), ()), id="none"),
    ],
)
def test_a_contact_says_who_it_is(lines: list[str], contact: Contact) -> None:
    assert read_contact("\r\n".join(lines).encode()) == contact
