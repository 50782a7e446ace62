"""`keva kb`: articles as files, checked and searched without any service."""

import json
from pathlib import Path
from typing import Any

import pytest

SHIPPING = """---
title: Shipping
tags: [delivery]
---
## Canada
We ship to Canada for $18.

## Pickup
You can collect orders in Seattle.
"""
ENVIOS = """---
title: Envíos
language: es
---
Enviamos a Canadá por $18.
"""
BROKEN = """---
titel: Returns
tags: returns
---
Send it back.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge base of one workspace."""
    workspace = tmp_path / "articles" / "default"
    (workspace / "es").mkdir(parents=True)
    (workspace / "shipping.md").write_text(SHIPPING)
    (workspace / "es" / "envios.md").write_text(ENVIOS)
    return workspace.parent


@pytest.fixture
def no_services(keva: Any) -> Any:
    """The command line where nothing listens."""
    keva.environment = {"KEVA_TICKET_SERVICE": "127.0.0.1:1", "KEVA_SMS_SERVICE": "127.0.0.1:1"}
    return keva


async def test_check_counts_what_is_right(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "check", str(folder))

    assert (result.status, result.output) == (0, "2 articles with 3 sections, no mistakes.\n")


async def test_check_of_a_workspace_s_own_folder(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "check", str(folder / "default"))

    assert (result.status, result.output) == (0, "2 articles with 3 sections, no mistakes.\n")


async def test_check_names_every_mistake_with_file_and_line(no_services: Any, folder: Path) -> None:
    path = folder / "default" / "returns.md"
    path.write_text(BROKEN)

    result = await no_services("kb", "check", str(folder))

    assert result.status == 1
    assert result.output.splitlines() == [
        f"{path}:2: give the article a title: title: Shipping",
        f"{path}:2: titel is not known; title, tags, applies_to, language are",
        f"{path}:3: write tags as a list: tags: [delivery, canada]",
    ]
    assert "3 mistakes" in result.error


async def test_check_as_json(no_services: Any, folder: Path) -> None:
    (folder / "default" / "returns.md").write_text(BROKEN)

    result = await no_services("kb", "check", str(folder), "--json")

    printed = json.loads(result.output)
    assert result.status == 1
    assert printed["articles"] == 2
    assert {mistake["line"] for mistake in printed["mistakes"]} == {2, 3}


async def test_check_remarks_on_answers_that_no_text_can_hold(no_services: Any, folder: Path) -> None:
    path = folder / "default" / "long.md"
    path.write_text(f"---\ntitle: Long\n---\n\n## Much\n{'very ' * 80}long.\n")

    result = await no_services("kb", "check", str(folder))

    assert result.status == 0
    assert f"{path}:5: the first sentence is longer than 2 SMS" in result.error


async def test_check_asks_for_example_questions_where_there_are_none(no_services: Any, folder: Path) -> None:
    taught = SHIPPING.replace("Canada\n", "Canada\nQ: do you ship to canada\n", 1)
    (folder / "default" / "shipping.md").write_text(taught)

    plain, as_json = [await no_services("kb", "check", str(folder), *more) for more in ([], ["--json"])]

    path = folder / "default" / "shipping.md"
    assert plain.status == 0
    assert f"{path}: no example questions (lines Q: … under the heading) for: Pickup" in plain.error
    assert {"file": str(path), "section": "Pickup"} in json.loads(as_json.output)["without_example_questions"]


@pytest.mark.parametrize(
    ("name", "status"),
    [pytest.param("nowhere", 3, id="no folder"), pytest.param("articles/default/es/..", 0, id="a way round")],
)
async def test_check_of_other_places(no_services: Any, folder: Path, name: str, status: int) -> None:
    assert (await no_services("kb", "check", str(folder.parent / name))).status == status


async def test_check_of_a_folder_without_articles(no_services: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = await no_services("kb", "check", "empty")

    assert (result.status, result.output) == (3, "")
    assert "no article" in result.error


async def test_search_shows_the_best_section_first(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", str(folder), "do you deliver to canada?")

    covers, _, _, language, article, section, *_ = result.output.splitlines()[1].split()
    assert (result.status, covers, language, article, section) == (0, "100%", "en", "shipping", "Canada")


async def test_search_names_words_that_no_article_has(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", str(folder), "do you deliver to Mars?")

    assert "No article in the language en has: mars" in result.error


async def test_search_as_json_tells_all_languages(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", str(folder), "Canada", "--json")

    found = json.loads(result.output)["languages"]
    assert [hit["language"] for hit in found] == ["en", "es"]
    assert found[0]["passages"][0]["text"] == "We ship to Canada for $18."


async def test_search_of_a_workspace_by_its_id(no_services: Any, folder: Path) -> None:
    no_services.environment["KEVA_KNOWLEDGE_BASE_DIR"] = str(folder)

    result = await no_services("kb", "search", "default", "canada")

    assert result.status == 0
    assert "We ship to Canada" in result.output


async def test_search_takes_the_workspace_of_several_that_is_asked_for(no_services: Any, folder: Path) -> None:
    other = folder / "sales"
    other.mkdir()
    (other / "prices.md").write_text("---\ntitle: Prices\n---\nA lamp costs $80.\n")

    result = await no_services("kb", "search", str(folder), "lamp", "--workspace", "sales")

    assert "A lamp costs $80." in result.output


def _run_a_stack(folder: Path, knowledge_base: Path) -> None:
    (folder / ".keva").mkdir(mode=0o700)
    (folder / ".keva" / "stack.json").write_text(json.dumps({"knowledge_base": str(knowledge_base)}))


async def test_search_finds_the_articles_of_the_keva_that_runs_here(
    no_services: Any, folder: Path, tmp_path: Path
) -> None:
    _run_a_stack(tmp_path, folder)

    for words in (["canada"], ["default", "canada"]):
        result = await no_services("kb", "search", *words)

        assert (result.status, "We ship to Canada" in result.output) == (0, True), result.error


async def test_what_is_named_goes_before_the_keva_that_runs_here(
    no_services: Any, folder: Path, tmp_path: Path
) -> None:
    _run_a_stack(tmp_path, tmp_path / "others")
    no_services.environment["KEVA_KNOWLEDGE_BASE_DIR"] = str(folder)

    assert (await no_services("kb", "search", "canada")).status == 0


async def test_search_without_a_folder_wants_one_where_no_keva_runs(no_services: Any) -> None:
    result = await no_services("kb", "search", "canada")

    assert result.status == 2
    assert "keva kb search FOLDER" in result.error


async def test_search_in_a_workspace_without_articles(no_services: Any, folder: Path) -> None:
    no_services.environment["KEVA_KNOWLEDGE_BASE_DIR"] = str(folder)

    result = await no_services("kb", "search", "canada", "--workspace", "sales")

    assert result.status == 3
    assert f"There is no folder {folder / 'sales'}" in result.error


async def test_search_takes_one_question(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", str(folder), "do", "you", "ship")

    assert result.status == 2
    assert "quotes" in result.error


async def test_search_of_an_unknown_place(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", "sales", "canada")

    assert result.status == 3
    assert "KEVA_KNOWLEDGE_BASE_DIR" in result.error


async def test_search_without_a_hit(no_services: Any, folder: Path) -> None:
    result = await no_services("kb", "search", str(folder), "xylophone")

    assert (result.status, result.output) == (0, "")
    assert "No section has any of these words." in result.error
