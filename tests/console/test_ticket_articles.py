"""The articles that the AI's answer rests on, by what the audit trail has of them."""

import pytest

from console.pages.ticket.articles import articles_of_trail


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", []),
        ("shipping", [("shipping", "shipping")]),
        ("shipping#Canada", [("shipping", "shipping – Canada")]),
        ("shipping#Canada, returns#In a shop", [("shipping", "shipping – Canada"), ("returns", "returns – In a shop")]),
        ("shipping#Canada, Mexico", [("shipping", "shipping – Canada, Mexico")]),
    ],
)
def test_each_has_its_name(text: str, named: list[tuple[str, str]]) -> None:
    assert [(article.article_id, article.words) for article in articles_of_trail(text)] == named


def test_each_has_its_section() -> None:
    assert [article.section for article in articles_of_trail("shipping#Canada, Mexico, returns")] == [
        "Canada, Mexico, returns"
    ]
    assert [article.section for article in articles_of_trail("returns")] == [""]
