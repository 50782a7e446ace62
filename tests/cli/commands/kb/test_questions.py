"""`keva kb questions` and `keva kb dismiss`."""

import json
from pathlib import Path
from typing import Any

import pytest

from keva.ticket.v1 import question_pb2 as pb
from keva.ticket.v1 import suggestion_pb2

ARTICLE = "---\ntitle: Shipping\n---\n## Canada\nWe ship to Canada for $18.\n"
CANADA = suggestion_pb2.SuggestedArticle(article_id="shipping", title="Shipping", section="Canada")
USED = pb.UnansweredQuestion(
    question_id="qst_1", ticket_number=7, texts=["up north?"], answer="We ship to Canada for $18.", used_article=CANADA
)
ANSWERED = pb.UnansweredQuestion(question_id="qst_2", ticket_number=8, texts=["Do you mend pots?"], answer="We do.")
OPEN = pb.UnansweredQuestion(question_id="qst_3", ticket_number=9, texts=["where is it"])


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """Three questions."""
    listed = pb.ListUnansweredQuestionsResponse(questions=[USED, ANSWERED, OPEN])
    keva.ticket_service.answers.update(
        ListUnansweredQuestions=listed, DismissQuestions=pb.DismissQuestionsResponse(dismissed=2)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge base of one workspace."""
    workspace = tmp_path / "articles" / "default"
    workspace.mkdir(parents=True)
    (workspace / "shipping.md").write_text(ARTICLE)
    return workspace


async def test_questions_are_shown_with_what_was_answered(keva: Any) -> None:
    result = await keva("kb", "questions")

    assert result.status == 0
    for words in ("ticket 7", "    up north?", "answered: We do.", "nobody has answered yet", "from: shipping, Canada"):
        assert words in result.output
    assert "keva kb dismiss qst_3" in result.output
    assert keva.ticket_service.last().workspace_id == "default"


async def test_as_json_they_are_in_their_groups(keva: Any) -> None:
    groups = json.loads((await keva("kb", "questions", "--json", "--limit", "2")).output)["groups"]

    assert [[question["question_id"] for question in group["questions"]] for group in groups] == [["qst_1"], ["qst_2"]]


@pytest.mark.parametrize("named", ["the workspace's", "the one above"])
async def test_what_was_answered_is_written_once(keva: Any, folder: Path, named: str) -> None:
    given = folder if named == "the workspace's" else folder.parent

    result = await keva("kb", "questions", "--write", str(given))
    again = await keva("kb", "questions", "--write", str(given))

    assert result.status == 0
    assert (folder / "shipping.md").read_text() == ARTICLE.replace("## Canada\n", "## Canada\nQ: up north?\n")
    written = folder / "from-customers" / "do-you-mend-pots.md"
    assert "## Do you mend pots?\nQ: Do you mend pots?\n\nWe do.\n" in written.read_text()
    assert [path.name for path in (folder / "from-customers").iterdir()] == ["do-you-mend-pots.md"]
    assert "Nothing was written" in again.error
    assert (await keva("kb", "check", str(folder))).status == 0


@pytest.mark.parametrize("article_id", ["../outside", "/outside", "gone"])
async def test_only_articles_of_the_folder_are_written_to(keva: Any, folder: Path, article_id: str) -> None:
    outside = folder.parent / "outside.md"
    outside.write_text(ARTICLE)
    used = suggestion_pb2.SuggestedArticle(article_id=article_id.replace("/outside", f"{folder.parent}/outside", 1))
    if article_id == "../outside":
        used.article_id = article_id
    question = pb.UnansweredQuestion(question_id="qst_1", texts=["up north?"], answer="Yes.", used_article=used)
    keva.ticket_service.answers["ListUnansweredQuestions"] = pb.ListUnansweredQuestionsResponse(questions=[question])

    result = await keva("kb", "questions", "--write", str(folder))

    assert "Nothing was written" in result.error
    assert outside.read_text() == ARTICLE


async def test_folder_that_is_not_there_is_said(keva: Any) -> None:
    result = await keva("kb", "questions", "--write", "nowhere")

    assert (result.status, "There is no folder nowhere." in result.error) == (3, True)


async def test_questions_are_taken_off_the_list(keva: Any) -> None:
    result = await keva("kb", "dismiss", "qst_1", "qst_2")

    assert result.output == "2 taken off the list.\n"
    wanted = pb.DismissQuestionsRequest(workspace_id="default", question_ids=["qst_1", "qst_2"])
    assert keva.ticket_service.last() == wanted
