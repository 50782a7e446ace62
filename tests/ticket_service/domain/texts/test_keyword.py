"""Which texts are carrier keywords, as Twilio's default handling has them, to long codes and toll-free numbers."""

import pytest

from ticket_service.domain.texts.keyword import Keyword, keyword_of

STOP, START, HELP = Keyword
LONG_CODE, TOLL_FREE = "+12065550142", "+18005550142"
STOPS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
WORDS = {**dict.fromkeys(STOPS, STOP), "START": START, "UNSTOP": START, "HELP": HELP, "INFO": HELP}


@pytest.mark.parametrize("opted_out", [False, True])
@pytest.mark.parametrize(("word", "keyword"), WORDS.items())
def test_keyword(word: str, keyword: Keyword, opted_out: bool) -> None:
    assert keyword_of(word, None, opted_out, LONG_CODE) is keyword


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
    assert keyword_of(text, None, False, LONG_CODE) is keyword


@pytest.mark.parametrize(
    ("opted_out", "keyword"),
    [
        pytest.param(True, START, id="who has opted out opts in"),
        pytest.param(False, None, id="for anybody else it is an answer"),
    ],
)
@pytest.mark.parametrize("text", ["YES", "yes", " Yes "])
def test_yes(text: str, opted_out: bool, keyword: Keyword | None) -> None:
    assert keyword_of(text, None, opted_out, LONG_CODE) is keyword


@pytest.mark.parametrize("our_number", [LONG_CODE, TOLL_FREE, "12345"])
@pytest.mark.parametrize("verdict", Keyword)
@pytest.mark.parametrize("text", ["STOP", "START", "HELP", "YES", "hello", ""])
def test_twilios_own_verdict_counts_whatever_the_text_is(text: str, verdict: Keyword, our_number: str) -> None:
    assert keyword_of(text, verdict, False, our_number) is keyword_of(text, verdict, True, our_number) is verdict


@pytest.mark.parametrize("our_number", [f"+1{code}5550142" for code in (800, 833, 844, 855, 866, 877, 888)])
@pytest.mark.parametrize("opted_out", [False, True])
def test_toll_free_numbers_know_stop_start_and_unstop_alone(our_number: str, opted_out: bool) -> None:
    words = {**dict.fromkeys((*WORDS, "YES"), None), "STOP": STOP, "START": START, "UNSTOP": START}

    assert {word: keyword_of(word, None, opted_out, our_number) for word in words} == words


@pytest.mark.parametrize(
    "our_number",
    [
        pytest.param("+12065550142", id="a long code"),
        pytest.param("+448005550142", id="a free number elsewhere, which cannot be texted"),
        pytest.param("+18885550", id="too short for a number"),
        pytest.param("+18225550142", id="not in service as toll-free"),
        pytest.param("88855", id="a short code"),
    ],
)
def test_other_numbers_know_the_standard_list(our_number: str) -> None:
    assert keyword_of("Cancel", None, False, our_number) is STOP
