"""Questions that ask for the same stand together."""

from client.questions.groups import grouped
from keva.ticket.v1 import question_pb2, suggestion_pb2

CANADA = suggestion_pb2.SuggestedArticle(article_id="shipping", title="Shipping", section="Canada")
RETURNS = suggestion_pb2.SuggestedArticle(article_id="returns", title="Returns", section="")


def asked(
    text: str,
    answer: str = "",
    near: suggestion_pb2.SuggestedArticle | None = None,
    used: suggestion_pb2.SuggestedArticle | None = None,
) -> question_pb2.UnansweredQuestion:
    suggestions = [suggestion_pb2.SuggestedReply(text="It is so.", articles=[near])] if near else []
    return question_pb2.UnansweredQuestion(
        question_id=f"qst_{abs(hash(text))}",
        texts=[text],
        suggestions=suggestions,
        answer=answer,
        used_article=used,
    )


def _texts(*questions: question_pb2.UnansweredQuestion) -> list[list[str]]:
    return [group.texts for group in grouped(questions)]


def test_similar_words_are_one_group() -> None:
    one, other = asked("do you ship bowls to Canada?"), asked("Do you ship bowls to canada")

    assert _texts(one, asked("where is my parcel"), other) == [
        ["do you ship bowls to Canada?", "Do you ship bowls to canada"],
        ["where is my parcel"],
    ]


def test_same_section_used_is_one_group_whatever_was_asked() -> None:
    assert len(_texts(asked("up north?", "yes", used=CANADA), asked("toronto shipping", "yes", used=CANADA))) == 1
    assert len(_texts(asked("up north?", "yes", used=CANADA), asked("up north?", "yes", used=RETURNS))) == 2


def test_same_section_near_needs_fewer_common_words() -> None:
    texts = ("can you ship this bowl", "cost to ship one bowl")

    assert len(_texts(*(asked(text, near=CANADA) for text in texts))) == 1
    assert len(_texts(*map(asked, texts))) == 2


def test_several_texts_are_one_question_and_the_newest_answer_counts() -> None:
    both = question_pb2.UnansweredQuestion(question_id="qst_1", texts=["hi", "do you ship\nto Canada?"])
    (group,) = grouped([both, asked("hi, do you ship to canada", "Yes."), asked("hi do you ship to Canada", "Once.")])

    assert group.texts[0] == "hi do you ship to Canada?"
    assert group.answer == "Yes."
    assert group.used is None
