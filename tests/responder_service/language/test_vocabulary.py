"""The lists of words: each group has its reason, and can be left out to see what it is worth."""

from collections.abc import Iterator

import pytest

from responder_service.language.reading import read_text
from responder_service.language.vocabulary import GROUPS, Part, use


@pytest.fixture
def _restored() -> Iterator[None]:
    yield
    use(GROUPS)


@pytest.mark.usefixtures("_restored")
def test_a_group_can_be_left_out() -> None:
    def read() -> set[str]:
        return set(read_text("is the vehicle free", "en").content)

    assert read() == {"=car", "=free"}

    use({**GROUPS, Part.SAME: {name: group for name, group in GROUPS[Part.SAME].items() if name != "car"}})

    assert read() == {"vehicl", "=free"}


@pytest.mark.parametrize("part", Part)
def test_every_part_has_groups_with_a_reason(part: Part) -> None:
    assert all(len(group.why.split()) > 1 for group in GROUPS[part].values())
    assert GROUPS[part]
