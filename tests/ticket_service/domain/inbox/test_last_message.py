"""The beginning of a text, as lists show it."""

from datetime import timedelta

import pytest

from tests.ticket_service.domain.examples import BEFORE, DANA, message
from ticket_service.domain.ai_turn import THE_RESPONDER
from ticket_service.domain.audit import Actor
from ticket_service.domain.inbox.last_message import (
    MAX_PREVIEW_CHARACTERS,
    LastMessage,
    newest,
    preview_of,
    without_preview,
)
from ticket_service.domain.message import Direction, Media, Message

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
FLAG = "\U0001f1e9\U0001f1ea"
WAVE = "\U0001f44b\U0001f3fd"
ACCENT = "e\u0301"
PICTURE = Media("https://a.example", "image/png")


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        pytest.param("hello", "hello", id="short"),
        pytest.param(" two\r\n\u2028lines\tand\x0bmore  ", "two lines and more", id="one line"),
        pytest.param("x" * 120, "x" * 120, id="just fits"),
        pytest.param("x" * 121, "x" * 119 + "…", id="one too many"),
        pytest.param("word " * 40, ("word " * 40)[:119].rstrip() + "…", id="words"),
        pytest.param("", "", id="nothing"),
        pytest.param("\u200e\u2060", "", id="nothing to see"),
    ],
)
def test_preview(text: str, preview: str) -> None:
    assert preview_of(text) == preview


@pytest.mark.parametrize("sign", [FAMILY, FLAG, WAVE, ACCENT, "\u1112\u1161\u11ab", "1\ufe0f\u20e3"])
@pytest.mark.parametrize("before", range(105, 125))
def test_no_sign_is_cut(before: int, sign: str) -> None:
    preview = preview_of("x" * before + sign * 20)

    shown = preview.removesuffix("…").removeprefix("x" * min(before, 119))
    assert shown == sign * (len(shown) // len(sign))
    assert len(preview) <= MAX_PREVIEW_CHARACTERS


def test_a_sign_that_is_longer_than_a_preview_is_left_out() -> None:
    assert preview_of("e" + "\u0301" * 500) == "…"


def test_a_long_text_is_not_read_to_its_end() -> None:
    assert preview_of("x" * 65_536) == "x" * 119 + "…"
    assert len(preview_of(" " * 70_000 + "late")) <= 1


@pytest.mark.parametrize(("count", "preview"), [(1, "(a file)"), (3, "(3 files)")])
def test_files_without_a_text(count: int, preview: str) -> None:
    assert preview_of(" ", [PICTURE] * count) == preview
    assert preview_of("look", [PICTURE] * count) == "look"


def after(known: LastMessage | None, *texts: Message) -> tuple[str, Actor | None]:
    last = newest(known, texts)
    assert last is not None
    return last.preview, last.author


def test_what_answers_nothing_leaves_the_question_in_sight() -> None:
    later = BEFORE + timedelta(minutes=1)
    notice = message("A person will answer.", Direction.OUTBOUND, is_notice=True, message_time=later)
    asked = newest(None, [message("where is it?")])

    assert after(asked, notice) == ("where is it?", None)
    assert after(asked, notice, message("hello?", message_time=later)) == ("hello?", None)
    # Where there is nothing else.
    assert after(None, notice) == ("A person will answer.", DANA)


def test_our_own_texts_say_who_wrote_them() -> None:
    ours = message("In the shop.", Direction.OUTBOUND, author=THE_RESPONDER)

    assert after(None, message(), ours) == ("In the shop.", THE_RESPONDER)
    assert after(None, ours, message()) == ("hello", None)
    erased = without_preview(newest(None, [ours]))
    assert erased == LastMessage(BEFORE, Direction.OUTBOUND, "", THE_RESPONDER)
