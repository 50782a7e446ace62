"""Words lose the same endings whichever thread asks, and however many do."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from responder_service.language.words import stem

ENDINGS = ("ation", "ational", "ing", "ings", "edly", "fulness", "iveness", "izer", "ies", "ly")
WORDS = [
    f"{start}{ending}" for start in ("relat", "form", "condit", "deliver", "return", "polic") for ending in ENDINGS
]


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns so often that they meet within a word."""
    seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(seconds)


@pytest.mark.usefixtures("hasty_threads")
def test_threads_do_not_disturb_each_other() -> None:
    alone = {word: stem.__wrapped__(word, "en") for word in WORDS}

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda word: stem.__wrapped__(word, "en"), WORDS * 200))

    assert together == [alone[word] for word in WORDS * 200]
