"""Articles on disk: read, read again, and never from elsewhere."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from responder_service.knowledge.knowledge_base import Counts, KnowledgeBase


def write(path: Path, text: str, title: str = "Shipping", language: str = "en") -> None:
    """Writes an article as editors do: a new file in the old one's place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(f"---\ntitle: {title}\nlanguage: {language}\n---\n{text}\n")
    new.replace(path)


def texts(knowledge_base: KnowledgeBase, question: str, workspace_id: str = "default") -> list[str]:
    """What a search finds."""
    return [passage.text for passage in knowledge_base.search(workspace_id, question, 5)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the workspace `default`."""
    path = tmp_path / "articles" / "default"
    path.mkdir(parents=True)
    return path


@pytest.fixture
async def knowledge_base(folder: Path) -> KnowledgeBase:
    """The knowledge base with the workspace, not loaded."""
    return KnowledgeBase(folder.parent)


@pytest.fixture
async def watching(folder: Path) -> AsyncIterator[KnowledgeBase]:
    """One that looks for changes by itself."""
    found = KnowledgeBase(folder.parent, poll_seconds=0.02)
    await found.load()
    task = asyncio.create_task(found.run())
    yield found
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until_found(knowledge_base: KnowledgeBase, question: str, expected: list[str]) -> None:
    """Waits until a search finds exactly that."""
    async with asyncio.timeout(90):
        while texts(knowledge_base, question) != expected:  # noqa: ASYNC110 - run() tells nobody
            await asyncio.sleep(0.01)


async def test_workspaces_do_not_see_each_other(knowledge_base: KnowledgeBase, folder: Path) -> None:
    write(folder / "shipping.md", "We ship to Canada.")
    write(folder.parent / "sales" / "deep" / "prices.md", "A lamp costs $80.")
    await knowledge_base.load()

    assert texts(knowledge_base, "ship to Canada") == ["We ship to Canada."]
    assert texts(knowledge_base, "lamp") == []
    assert texts(knowledge_base, "lamp", "sales") == ["A lamp costs $80."]
    assert texts(knowledge_base, "lamp", "nobody's") == []


async def test_an_article_s_id_is_its_path(knowledge_base: KnowledgeBase, folder: Path) -> None:
    write(folder / "es" / "envios.md", "Enviamos a Canadá.", "Envíos", "es")
    await knowledge_base.load()

    (passage,) = knowledge_base.search("default", "canada", 5)
    assert (passage.article_id, passage.title, passage.language) == ("es/envios", "Envíos", "es")


async def test_changed_new_and_gone_files_are_taken_up(watching: KnowledgeBase, folder: Path) -> None:
    write(folder / "shipping.md", "We ship to Canada.")
    await until_found(watching, "canada", ["We ship to Canada."])
    write(folder / "shipping.md", "Canada is too far.")
    await until_found(watching, "canada", ["Canada is too far."])
    (folder / "shipping.md").unlink()
    await until_found(watching, "canada", [])


async def test_a_workspace_that_is_gone_is_forgotten(watching: KnowledgeBase, folder: Path) -> None:
    write(folder / "shipping.md", "We ship to Canada.")
    await until_found(watching, "canada", ["We ship to Canada."])
    folder.rename(folder.parent.parent / "elsewhere")
    await until_found(watching, "canada", [])

    assert watching.counts() == []


async def test_a_folder_that_is_away_for_a_while_changes_nothing(watching: KnowledgeBase, folder: Path) -> None:
    write(folder / "shipping.md", "We ship to Canada.")
    await until_found(watching, "canada", ["We ship to Canada."])
    away = folder.parent.with_name("away")
    folder.parent.rename(away)
    with pytest.raises(OSError, match="articles"):
        await watching.load()
    assert texts(watching, "canada") == ["We ship to Canada."]

    away.rename(folder.parent)
    write(folder / "shipping.md", "Canada is too far.")
    await until_found(watching, "canada", ["Canada is too far."])


async def test_a_file_that_breaks_keeps_its_last_good_version(knowledge_base: KnowledgeBase, folder: Path) -> None:
    write(folder / "shipping.md", "We ship to Canada.")
    await knowledge_base.load()
    (folder / "shipping.md").write_text("half a fi")
    write(folder / "hours.md", "We are open on Sunday.", "Hours")
    await knowledge_base.load()

    assert texts(knowledge_base, "canada") == ["We ship to Canada."]
    assert texts(knowledge_base, "sunday") == ["We are open on Sunday."]
    assert knowledge_base.counts() == [Counts("default", articles=2, sections=2, broken_files=1)]

    write(folder / "shipping.md", "Canada is too far.")
    await knowledge_base.load()
    assert texts(knowledge_base, "canada") == ["Canada is too far."]
    assert knowledge_base.counts() == [Counts("default", articles=2, sections=2, broken_files=0)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no front matter", id="no front matter"),
        pytest.param(b"---\ntitle: \xff\n---\nx", id="no UTF-8"),
        pytest.param(b"---\ntitle: x\n---\n" + b"long " * 60_000, id="too large"),
    ],
)
async def test_a_file_that_was_never_good_does_not_hide_the_others(
    knowledge_base: KnowledgeBase, folder: Path, content: bytes
) -> None:
    (folder / "bad.md").write_bytes(content)
    write(folder / "shipping.md", "We ship to Canada.")
    await knowledge_base.load()

    assert texts(knowledge_base, "canada") == ["We ship to Canada."]
    assert knowledge_base.counts() == [Counts("default", articles=1, sections=1, broken_files=1)]


async def test_a_config_map_is_swapped_as_a_whole(watching: KnowledgeBase, folder: Path) -> None:
    """The kubelet writes a new folder, points ..data at it in one step, and removes the old one."""

    def mount(version: str, text: str) -> None:
        write(folder / f"..{version}" / "shipping.md", text)
        (folder / "..data_tmp").symlink_to(f"..{version}")
        (folder / "..data_tmp").replace(folder / "..data")

    mount("2026_01", "We ship to Canada.")
    (folder / "shipping.md").symlink_to("..data/shipping.md")
    await until_found(watching, "canada", ["We ship to Canada."])
    mount("2026_02", "Canada is too far.")
    await until_found(watching, "canada", ["Canada is too far."])


async def test_a_config_map_may_hold_the_workspaces(knowledge_base: KnowledgeBase, tmp_path: Path) -> None:
    root = tmp_path / "articles"
    write(root / "..2026" / "sales" / "es" / "envios.md", "Enviamos a Canadá.", language="es")
    (root / "..data").symlink_to("..2026")
    (root / "sales").symlink_to("..data/sales")
    await knowledge_base.load()

    assert texts(knowledge_base, "canada", "sales") == ["Enviamos a Canadá."]


async def test_links_lead_nowhere_outside(knowledge_base: KnowledgeBase, folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "secret" / "keys.md", "The key is under the mat.")
    write(folder.parent / "sales" / "prices.md", "The key account pays $80.")
    (folder / "file.md").symlink_to(tmp_path / "secret" / "keys.md")
    (folder / "folder").symlink_to(tmp_path / "secret")
    (folder / "other.md").symlink_to("../sales/prices.md")
    (folder / "dangling.md").symlink_to("nowhere.md")
    (folder.parent / "linked").symlink_to(tmp_path / "secret")
    await knowledge_base.load()

    assert texts(knowledge_base, "key") == []
    assert texts(knowledge_base, "key", "linked") == []


async def test_links_within_the_folder_are_followed_once(knowledge_base: KnowledgeBase, folder: Path) -> None:
    write(folder / "en" / "shipping.md", "We ship to Canada.")
    os.symlink("..", folder / "en" / "round")
    await knowledge_base.load()

    assert texts(knowledge_base, "canada") == ["We ship to Canada."]


async def test_hidden_and_other_files_are_no_articles(knowledge_base: KnowledgeBase, folder: Path) -> None:
    write(folder / ".draft.md", "We ship to Canada.")
    write(folder / ".git" / "shipping.md", "We ship to Canada.")
    (folder / "readme.txt").write_text("We ship to Canada.")
    await knowledge_base.load()

    assert knowledge_base.counts() == [Counts("default", articles=0, sections=0, broken_files=0)]
    assert texts(knowledge_base, "canada") == []
