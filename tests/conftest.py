"""What all tests share: a real mongod per test process, and fresh database names."""

import gc
import uuid
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from dev.local_stack.mongod import Mongod
from dev.local_stack.ports import free_port

# The same examples in every run: a failure is news of the change, not of the dice.
settings.register_profile("keva", derandomize=True)
settings.load_profile("keva")


# Which tests share what is slow to start, and so one worker: the longest first.
_SHARED = ("running", "impatient", "replicated")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests of one stack are one worker's, those with a stack of their own anybody's; all others go by file."""
    if item.config.pluginmanager.hasplugin("xdist"):
        item.add_marker(pytest.mark.xdist_group(_group(item)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end tests first: each takes long, and must not be what one worker does alone at the end."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if "e2e" not in item.path.parts:
        return len(_SHARED) + 1
    return _SHARED.index(_group(item)) if _group(item) in _SHARED else len(_SHARED)


def _group(item: pytest.Item) -> str:
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    fixtures = (*getattr(item, "fixturenames", ()), *chosen)
    if "e2e" not in item.path.parts:
        return item.path.stem if item.path.parent == item.config.rootpath else "/".join(item.path.parts[-2:])
    shared = [name for name in reversed(_SHARED) if name in fixtures]
    return shared[0] if shared else item.name if "start_stack" in fixtures else item.path.stem


def pytest_collection_finish() -> None:
    """What was imported and collected stays for good: no use in looking through it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mongod]:
    """A mongod of this test process."""
    server = await Mongod.start(tmp_path_factory.mktemp("mongod"), free_port())
    yield server
    await server.process.stop()


@pytest.fixture
def database(mongod: Mongod) -> str:
    """A database name that no other test uses."""
    return f"keva_test_{uuid.uuid4().hex[:12]}"
