"""What an article is, and what is said about a file that is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder_service.knowledge.article import Article, ArticleError, Section, paragraphs, parse, plain

FRONT = "---\ntitle: Shipping\ntags: [delivery, 24h]\nlanguage: es\n---\n"


def problems(source: str) -> list[tuple[int, str]]:
    """The lines of the mistakes in `source`, and how what is said begins."""
    with pytest.raises(ArticleError) as raised:
        parse("a", source)
    return [(problem.line, problem.what) for problem in raised.value.problems]


def test_an_article_is_front_matter_and_sections() -> None:
    article = parse("es/shipping", FRONT + "Before.\n\n# One\nFirst.\n\nMore.\n## Two\nSecond.\n### Empty\n")

    assert article == Article(
        "es/shipping",
        "Shipping",
        "es",
        ("delivery", "24h"),
        (
            Section("", "Before.", 6),
            Section("One", "First.\n\nMore.", 8),
            Section("Two", "Second.", 12, ("One",)),
        ),
    )


def test_example_questions_are_no_part_of_the_answer() -> None:
    source = (
        "Q: wo seid ihr?\nBefore.\n\n# One\n\nQ: how **much** is it\nQ: price?\n\nFirst.\n\n"
        "```\nQ: code\n```\n# Two\nSecond. Q: no\n"
    )

    found = parse("a", FRONT + source).sections

    assert [(section.questions, section.text.split("\n")[0]) for section in found] == [
        (("wo seid ihr?",), "Before."),
        (("how much is it", "price?"), "First."),
        ((), "Second. Q: no"),
    ]


def test_tags_and_language_may_be_left_out() -> None:
    article = parse("a", "---\ntitle: Hours\n---\nWe are open.\n")

    assert (article.tags, article.language) == ((), "en")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\ufeff" + FRONT + "x", id="byte order mark"),
        pytest.param((FRONT + "x").replace("\n", "\r\n"), id="lines of Windows"),
        pytest.param(FRONT.replace("---\n", "--- \n") + "x", id="spaces after the dashes"),
    ],
)
def test_files_of_other_editors(source: str) -> None:
    assert parse("a", source).sections == (Section("", "x", 6),)


def test_what_stands_in_code_or_comments_is_no_heading() -> None:
    article = parse("a", FRONT + "```\n# no heading\n```\n<!--\n## neither\n-->\n## Yes\nText.\n")

    assert [(section.heading, section.line) for section in article.sections] == [("", 6), ("Yes", 12)]


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        pytest.param("# Shipping\n", 1, "begin with front matter", id="no front matter"),
        pytest.param("---\ntitle: x\nText.\n", 1, "end the front matter", id="front matter without end"),
        pytest.param("---\ntitle: [x\n---\ntext", 2, "is not valid YAML", id="no YAML"),
        pytest.param("---\ntitle: 2026-13-45\n---\ntext", 2, "has a value that cannot be read", id="no date"),
        pytest.param(f"---\ntitle: {'[' * 2000}\n---\ntext", 2, "has a value that cannot be read", id="deep"),
        pytest.param("---\njust words\n---\ntext", 2, "write front matter as names and values", id="no names"),
        pytest.param("---\ntags: []\n---\ntext", 2, "give the article a title", id="no title"),
        pytest.param("---\ntags: []\ntitle: ' '\n---\ntext", 3, "give the article a title", id="blank title"),
        pytest.param("---\ntitle: x\ntags: a, b\n---\ntext", 3, "write tags as a list", id="tags as a string"),
        pytest.param(
            "---\ntitle: x\napplies_to: a\n---\ntext", 3, "write applies_to as a list", id="applies to a string"
        ),
        pytest.param("---\ntitle: x\ntags: [[a]]\n---\ntext", 3, "write tags as a list", id="tags within tags"),
        pytest.param("---\ntitle: x\nlanguage: no\n---\ntext", 3, "write the language", id="Norwegian unquoted"),
        pytest.param("---\ntitle: x\nlanguage: English\n---\ntext", 3, "write the language", id="language's name"),
        pytest.param("---\ntitle: x\nauthor: me\n---\ntext", 3, "author is not known", id="unknown field"),
        pytest.param("---\ntitle: x\n---\n", 4, "write the answer", id="nothing below"),
        pytest.param("---\ntitle: x\n---\n# Only\n## Headings\n", 4, "write the answer", id="headings alone"),
        pytest.param("---\ntitle: x\n---\n\n##\ntext", 5, "give the heading words", id="heading without words"),
        pytest.param("---\ntitle: x\n---\nQ:\ntext", 4, "write a question after Q:", id="no example question"),
        pytest.param("---\ntitle: x\n---\ntext\n# A\nQ: how?\n", 5, "write the answer below its", id="no answer"),
        pytest.param("---\ntitle: x\n---\ntext\n```\ncode\n", 5, "close the code block", id="code without end"),
    ],
)
def test_a_mistake_is_told_with_its_line(source: str, line: int, what: str) -> None:
    found = problems(source)

    assert [at for at, said in found if said.startswith(what)] == [line]


def test_all_mistakes_are_told_at_once_in_order() -> None:
    found = problems("---\nlanguage: xyz\ntags: 3\n---\n")

    assert [line for line, _ in found] == [2, 2, 3, 5]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        pytest.param("We **ship** to _Canada_ for `$18`.", "We ship to Canada for $18.", id="marks"),
        pytest.param("See [our page](https://x.example/a).", "See our page: https://x.example/a.", id="link"),
        pytest.param("<https://x.example/a_b_c>", "https://x.example/a_b_c", id="bare link"),
        pytest.param("![a lamp](lamp.png) It glows.", "a lamp It glows.", id="picture"),
        pytest.param("one\ntwo", "one two", id="lines"),
        pytest.param("We ship to:\n- the US,\n- Canada\n- Japan.", "We ship to: the US; Canada; Japan.", id="list"),
        pytest.param("1. Pack it.\n2. Send it.", "Pack it; Send it.", id="numbered list"),
        pytest.param("> quoted", "quoted", id="quotation"),
        pytest.param("5 * 3 = 15, snake_case_word", "5 * 3 = 15, snake_case_word", id="no marks"),
    ],
)
def test_plain(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_paragraphs_and_the_answer_that_is_the_first() -> None:
    section = Section("x", "One\nline.\n\n**Two.**")

    assert paragraphs(section.text) == ["One line.", "Two."]
    assert section.answer == "One line."


def lines_of_mistakes(source: str) -> list[int]:
    """Of an article: none."""
    try:
        return [] if parse("a", source).sections else [0]
    except ArticleError as error:
        return [problem.line for problem in error.problems]


@given(st.text(alphabet=st.sampled_from("---\n#`~ :[]{}!&*?|>'\"%@ta0\x00é")))
def test_whatever_a_file_holds_is_an_article_or_told_to_be_none(source: str) -> None:
    for text in (source, f"---\ntitle: x\n{source}\n---\n{source}"):
        assert all(1 <= line <= text.count("\n") + 2 for line in lines_of_mistakes(text))
