"""From which suggestion an answer was made."""

import pytest

from ticket_service.domain.ai.kept_suggestions import Article, SuggestedReply
from ticket_service.domain.ai.questions import article_used, id_of

CANADA, MEXICO = Article("shipping", "Shipping", "Canada"), Article("shipping", "Shipping", "Mexico")
SUGGESTIONS = (
    SuggestedReply("We ship to Canada for $18. It takes 5 to 8 business days.", (CANADA,)),
    SuggestedReply("We ship to Mexico for $25. It takes 9 to 14 business days.", (MEXICO,)),
)


@pytest.mark.parametrize(
    ("answer", "used"),
    [
        pytest.param("We ship to Canada for $18. It takes 5 to 8 business days.", CANADA, id="as it was"),
        pytest.param("Hi! We ship to Mexico for $25, it takes 9 to 14 business days. Dana", MEXICO, id="with a little"),
        pytest.param("We ship to Canada for $18.", None, id="half of it"),
        pytest.param("Let me ask my colleague.", None, id="something else"),
        pytest.param("", None, id="nothing yet"),
    ],
)
def test_article_used(answer: str, used: Article | None) -> None:
    assert article_used(answer, SUGGESTIONS) == used


def test_nothing_is_used_where_nothing_was_offered() -> None:
    assert article_used("We do.", ()) is None
    assert article_used("We do.", [SuggestedReply("!", (CANADA,))]) is None


def test_same_texts_are_one_question() -> None:
    assert id_of(["msg_01A", "msg_01B"]) == "qst_01B"
