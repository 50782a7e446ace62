"""Whom a note names."""

import pytest

from ticket_service.domain.work.mentions import Mentionable, may_mention, mentioned

AGENTS = [
    Mentionable("agt_1", "dana.smith@example.com", "Dana Smith"),
    Mentionable("agt_2", "ann@example.com", "Ann"),
    Mentionable("agt_3", "ann@example.org", "Ann Lee"),
    Mentionable("agt_4", "jürgen@example.com", "Jürgen Groß"),
    Mentionable("agt_5", "x@example.com", "J.R."),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("@dana.smith please call", ["agt_1"], id="by e-mail"),
        pytest.param("ask @DanaSmith", ["agt_1"], id="by name"),
        pytest.param("(@DANASMITH), @jürgengross!", ["agt_1", "agt_4"], id="within signs, in letters of any case"),
        pytest.param("is it @dana.smith?..", ["agt_1"], id="at the end of a sentence"),
        pytest.param("@dana.smith's customer", ["agt_1"], id="in the genitive"),
        pytest.param("@ann and @ann", ["agt_2", "agt_3"], id="two with the same name"),
        pytest.param("@AnnLee", ["agt_3"], id="one of them by name"),
        pytest.param("@J.R. knows", ["agt_5"], id="a name that ends in a sign"),
        pytest.param("mail dana.smith@example.com", [], id="an address"),
        pytest.param("dana@ann", [], id="an address without a point"),
        pytest.param("@dan", [], id="a part of a name"),
        pytest.param("@nobody @", [], id="nobody"),
        pytest.param("at 5 @ the door", [], id="a lone sign"),
        pytest.param("\n@ann\n", ["agt_2", "agt_3"], id="on a line of its own"),
    ],
)
def test_mentioned(text: str, ids: list[str]) -> None:
    assert list(mentioned(text, AGENTS)) == ids
    assert may_mention(text) or not ids


def test_text_that_names_nobody_is_looked_at_once() -> None:
    assert not may_mention("call dana@example.com at 5 @ the door")
    assert mentioned("@" * 10_000 + "'s" * 5000, AGENTS) == ()
