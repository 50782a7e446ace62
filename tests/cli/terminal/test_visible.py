"""What outside text looks like once it is safe to print."""

import json

import pytest

from cli.terminal import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Grüße 👩‍👩‍👧 مرحبا", "Grüße 👩‍👩‍👧 مرحبا", id="letters and joined emoji stay"),
        pytest.param("[bold]x[/bold] :smile:", "[bold]x[/bold] :smile:", id="markup stays as it is"),
        pytest.param("a\r\nb\nc\rd\te", "a b c d e", id="breaks and tabs are spaces"),
        pytest.param("\x1b[2J\x07\x00", "\\x1b[2J\\x07\\x00", id="escape sequences"),
        pytest.param("\x9b2J\x7f", "\\x9b2J\\x7f", id="8-bit controls and delete"),
        pytest.param("\u202eevil\u2066", "\\u202eevil\\u2066", id="reading direction"),
        pytest.param("שלום\u200f, \u200eOK", "שלום\u200f, \u200eOK", id="marks of direction in ordinary texts"),
        pytest.param("\udcff", "\\udcff", id="lone surrogate"),
    ],
)
def test_line(text: str, shown: str) -> None:
    assert visible.line(text) == shown


def test_lines_keeps_the_breaks() -> None:
    assert visible.lines("a\r\n\nb\x1b") == ["a", "", "b\\x1b"]


def test_json_text_is_the_same_json() -> None:
    text = "\x1b\x7f\x9b\u202e👋é\n"

    safe = visible.json_text(json.dumps({"text": text}, ensure_ascii=False))

    assert json.loads(safe)["text"] == text
    assert not set(safe) & set("\x1b\x7f\x9b\u202e\n")
    assert "👋é" in safe
