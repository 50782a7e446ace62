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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The end-to-end files first: each takes long, and must not be what one worker does alone at the end."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)


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
