"""Forms lead to pages of ours alone."""

import pytest

from console.own_paths import own_path


@pytest.mark.parametrize("path", ["/", "/t/12?view=mine#customer", "/c/cus_1"])
def test_a_page_of_ours_is_kept(path: str) -> None:
    assert own_path(path, "/inbox/mine") == path


@pytest.mark.parametrize(
    "path",
    ["", None, "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/\n/evil", 3],
)
def test_anything_else_is_not(path: object) -> None:
    assert own_path(path, "/inbox/mine") == "/inbox/mine"
