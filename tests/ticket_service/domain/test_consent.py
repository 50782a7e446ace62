"""Which texts are carrier keywords, as Twilio's default handling for long codes has them."""

import pytest

from ticket_service.domain.consent import Keyword, keyword_of

STOP, START, HELP = Keyword
STOPS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
WORDS = {**dict.fromkeys(STOPS, STOP), "START": START, "UNSTOP": START, "HELP": HELP, "INFO": HELP}


@pytest.mark.parametrize("opted_out", [False, True])
@pytest.mark.parametrize(("word", "keyword"), WORDS.items())
def test_keyword(word: str, keyword: Keyword, opted_out: bool) -> None:
    assert keyword_of(word, None, opted_out) is keyword


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        pytest.param("stop", STOP, id="in lower case"),
        pytest.param("Unsubscribe", STOP, id="in mixed case"),
        pytest.param("  STOP\n", STOP, id="with whitespace around it"),
        pytest.param("STOP.", None, id="with a full stop"),
        pytest.param("STOP STOP", None, id="twice"),
        pytest.param("please stop", None, id="within a sentence"),
        pytest.param("stopped", None, id="within a word"),
        pytest.param("OPT OUT", None, id="in two words"),
        pytest.param("", None, id="nothing"),
        pytest.param("hello", None, id="an ordinary text"),
    ],
)
def test_text_that_is_one_keyword_alone(text: str, keyword: Keyword | None) -> None:
    assert keyword_of(text, None, False) is keyword


@pytest.mark.parametrize(
    ("opted_out", "keyword"),
    [
        pytest.param(True, START, id="who has opted out opts in"),
        pytest.param(False, None, id="for anybody else it is an answer"),
    ],
)
@pytest.mark.parametrize("text", ["YES", "yes", " Yes "])
def test_yes(text: str, opted_out: bool, keyword: Keyword | None) -> None:
    assert keyword_of(text, None, opted_out) is keyword


@pytest.mark.parametrize("verdict", Keyword)
@pytest.mark.parametrize("text", ["STOP", "START", "HELP", "YES", "hello", ""])
def test_twilios_own_verdict_counts_whatever_the_text_is(text: str, verdict: Keyword) -> None:
    assert keyword_of(text, verdict, False) is keyword_of(text, verdict, True) is verdict
