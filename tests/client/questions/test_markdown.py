"""Questions as articles have them."""

import pytest

from client.questions.groups import Group
from client.questions.markdown import as_markdown, example_question, new_article, with_example
from keva.ticket.v1 import question_pb2, suggestion_pb2
from responder_service.knowledge.article import parse

ARTICLE = """---
title: Shipping
---
In short: yes.

## **Canada** ##
Q: ship to canada?
We ship to Canada.

```
## Mexico
```

## Mexico
We ship to Mexico.
"""


def _question(*texts: str, answer: str = "", used: str | None = None) -> question_pb2.UnansweredQuestion:
    article = suggestion_pb2.SuggestedArticle(article_id="shipping", section=used) if used is not None else None
    return question_pb2.UnansweredQuestion(question_id="qst_1", texts=texts, answer=answer, used_article=article)


@pytest.mark.parametrize(
    ("section", "before", "after"),
    [
        pytest.param("Canada", "Q: ship to canada?\n", "Q: ship to canada?\nQ: up north?\n", id="below the others"),
        pytest.param("Mexico", "## Mexico\nWe", "## Mexico\nQ: up north?\nWe", id="not within a code block"),
        pytest.param("", "---\nIn short", "---\nQ: up north?\nIn short", id="above the first heading"),
    ],
)
def test_example_question_stands_under_its_heading(section: str, before: str, after: str) -> None:
    article = with_example(ARTICLE, section, "Q: up north?")

    assert article == ARTICLE.replace(before, after)
    assert with_example(article, section, "Q: up north?") == article


def test_section_that_is_not_there_gets_none() -> None:
    assert with_example(ARTICLE, "Peru", "Q: up north?") is None
    assert with_example("no front matter", "", "Q: up north?") is None


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        pytest.param(["hi", "do you\nship?"], "Q: hi do you ship?", id="one line"),
        pytest.param(["# ship"], "Q: ship", id="no heading"),
        pytest.param(["call me: 206 555 0142"], "Q: call me: *** *** 0142", id="no phone number"),
        pytest.param(["x" * 400], f"Q: {'x' * 300}", id="not too long"),
    ],
)
def test_example_question(texts: list[str], line: str) -> None:
    assert example_question(_question(*texts)) == line


def test_answered_question_is_an_article_that_can_be_read() -> None:
    group = Group([_question('do you "ship"\\ to: Peru?', answer="# Yes,\nin 9 days.\n"), _question("peru?")])

    article = parse("peru", new_article(group))

    assert article.title == "do you 'ship' to: Peru?"
    (section,) = article.sections
    assert section.heading == 'do you "ship"\\ to: Peru?'
    assert section.text.endswith("Yes,\nin 9 days.")


def test_what_is_copied() -> None:
    used = _question("up north?", answer="We ship to Canada.", used="Canada")

    assert as_markdown(Group([used, _question("canada")])) == "Q: up north?\nQ: canada\n"
    assert as_markdown(Group([_question("peru?", answer="Yes.")])) == "## peru?\nQ: peru?\n\nYes.\n"
    assert as_markdown(Group([_question("peru?")])) == ""
