"""A workspace whose folder may not be read, as every user but root finds it: it keeps what it had, and the others do
not notice."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from responder_service.knowledge.knowledge_base import KnowledgeBase

_NOBODY = 65_534


@pytest.fixture
def root() -> Iterator[Path]:
    """The folder of two workspaces, shop and sales, and the test as a user who is not root."""
    # What pytest makes is for its own user.
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for workspace_id in ("shop", "sales"):
            _write(root / workspace_id / "shipping.md", f"The {workspace_id} ships to Canada.")
        _become(_NOBODY)
        yield root
        _become(0)
        for folder, _, _ in os.walk(root):
            Path(folder).chmod(0o755)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\ntitle: Shipping\n---\n{text}\n")


def _become(user: int) -> None:
    """Root may read everything; another user stays who they are."""
    if os.getuid() == 0:
        os.seteuid(user)


@contextlib.contextmanager
def _as_owner() -> Iterator[None]:
    _become(0)
    yield
    _become(_NOBODY)


def _may_be_read(folder: Path, mode: int = 0o755) -> None:
    """From now on."""
    with _as_owner():
        folder.chmod(mode)


def _rewrite(path: Path, text: str) -> None:
    with _as_owner():
        _write(path, text)


def _texts(knowledge_base: KnowledgeBase, workspace_id: str) -> list[str]:
    return [passage.text for passage in knowledge_base.search(workspace_id, "Do you ship to Canada?", 5)]


MODES = [pytest.param(0o000, id="not at all"), pytest.param(0o444, id="its names alone")]


@pytest.mark.parametrize("mode", MODES)
async def test_workspace_keeps_what_it_had(root: Path, mode: int) -> None:
    knowledge_base = KnowledgeBase(root)
    await knowledge_base.load()
    _may_be_read(root / "sales", mode)
    _rewrite(root / "shop" / "shipping.md", "Canada is too far for the shop.")

    with capture_logs() as logs:
        await knowledge_base.load()
        await knowledge_base.load()

    assert _texts(knowledge_base, "sales") == ["The sales ships to Canada."]
    assert _texts(knowledge_base, "shop") == ["Canada is too far for the shop."]
    assert [log["workspace_id"] for log in logs if log["log_level"] == "warning"] == ["sales"], "said once"
    _may_be_read(root / "sales")
    _rewrite(root / "sales" / "shipping.md", "Canada is too far for the sales.")
    await knowledge_base.load()
    assert _texts(knowledge_base, "sales") == ["Canada is too far for the sales."]


@pytest.mark.parametrize("mode", MODES)
async def test_others_start_without_it(root: Path, mode: int) -> None:
    _may_be_read(root / "sales", mode)
    knowledge_base = KnowledgeBase(root)

    await knowledge_base.load()

    assert (_texts(knowledge_base, "sales"), _texts(knowledge_base, "shop")) == ([], ["The shop ships to Canada."])
    _may_be_read(root / "sales")
    await knowledge_base.load()
    assert _texts(knowledge_base, "sales") == ["The sales ships to Canada."]


async def test_folder_within_it_is_not_taken_for_gone(root: Path) -> None:
    _rewrite(root / "sales" / "es" / "envios.md", "The sales ships to Canada by boat.")
    knowledge_base = KnowledgeBase(root)
    await knowledge_base.load()
    known = sorted(_texts(knowledge_base, "sales"))

    _may_be_read(root / "sales" / "es", 0o000)
    await knowledge_base.load()

    assert sorted(_texts(knowledge_base, "sales")) == known
    assert len(known) == 2


async def test_link_that_may_not_be_followed_is_its_workspace_s_alone(root: Path) -> None:
    _rewrite(root / "..data" / "mail" / "shipping.md", "By mail we ship to Canada.")
    with _as_owner():
        (root / "mail").symlink_to("..data/mail")
    knowledge_base = KnowledgeBase(root)
    await knowledge_base.load()
    assert _texts(knowledge_base, "mail") == ["By mail we ship to Canada."]

    _may_be_read(root / "..data", 0o000)
    await knowledge_base.load()

    assert _texts(knowledge_base, "mail") == ["By mail we ship to Canada."]
    assert _texts(knowledge_base, "shop") == ["The shop ships to Canada."]
