import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit import errors, paging


@pytest.mark.parametrize(("requested", "size"), [(0, 50), (1, 1), (200, 200), (201, 200), (2**31 - 1, 200)])
def test_page_size(requested: int, size: int) -> None:
    assert paging.page_size(requested) == size


def test_negative_page_size_is_refused() -> None:
    with pytest.raises(errors.InvalidArgument) as refused:
        paging.page_size(-1)

    assert (refused.value.reason, refused.value.metadata) == ("FIELD_INVALID", {"field": "page_size"})


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=100)
NUMBERS = st.integers(-(2**62) + 1, 2**62 - 1)


@given(st.lists(WORDS | NUMBERS, min_size=1), st.lists(st.text() | st.none() | st.integers()))
def test_a_token_gives_back_its_position_and_survives_a_url(position: list[str | int], arguments: list[object]) -> None:
    token = paging.encode(position, arguments)

    assert paging.decode(token, arguments) == position
    assert token.replace("-", "").replace("_", "").isalnum()


def test_no_token_is_the_first_page() -> None:
    assert paging.decode("", ["anything"]) == []


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(paging.encode(["tkt_1"], ["workspace_2"]), id="other arguments"),
        pytest.param(paging.encode(["tkt_1"], []), id="no arguments"),
        pytest.param(paging.encode([], ["workspace_1"]), id="no position"),
        pytest.param("garbage", id="garbage"),
        pytest.param("é", id="not ASCII"),
        pytest.param("a", id="impossible length"),
        pytest.param(base64.urlsafe_b64encode(b"[]").decode(), id="empty list"),
        pytest.param(base64.urlsafe_b64encode(b"3").decode(), id="number"),
        pytest.param(base64.urlsafe_b64encode(b"[{}]").decode(), id="object"),
        pytest.param(base64.urlsafe_b64encode(b"\xff").decode(), id="no UTF-8"),
        pytest.param(base64.urlsafe_b64encode(b"[" * 5000).decode(), id="deep nesting"),
    ],
)
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refused:
        paging.decode(token, ["workspace_1"])

    assert refused.value.reason == "PAGE_TOKEN_INVALID"


CRAFTED = [
    *(None, True, 1.5, 2**63, -(2**63), 10**300, [], ["tkt_1"], {}, {"$gt": ""}),
    *("\ud800", "\x00", "line\n", "\u202e", "x" * 513),
]


@pytest.mark.parametrize("value", CRAFTED)
@pytest.mark.parametrize("place", [0, 1])
def test_values_that_no_database_can_be_asked_for_are_refused(value: Any, place: int) -> None:
    """Tokens are not secret: anybody who knows how can make them."""
    position: list[Any] = ["tkt_1", "tkt_2"]
    position[place] = value

    with pytest.raises(errors.InvalidArgument) as refused:
        paging.decode(paging.encode(position, ["workspace_1"]), ["workspace_1"])

    assert refused.value.reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize(
    "position",
    [
        ["2026-01-01T00:00:00+00:00"],
        ["2026-01-01T00:00:00", "id"],
        ["0001-01-01T00:00:00+14:00", "id"],
        ["noon", "id"],
        [5, "id"],
        ["id", 5],
        ["a", "b", "c"],
    ],
)
def test_positions_of_another_shape_are_refused(position: list[str | int]) -> None:
    shape = (paging.is_time, paging.is_text)
    good = ["2026-01-01T00:00:00+00:00", "id"]

    assert paging.decode(paging.encode(good, []), [], shape) == good
    with pytest.raises(errors.InvalidArgument):
        paging.decode(paging.encode(position, []), [], shape)


@pytest.mark.parametrize("position", [[5], ["id", "id"]])
def test_position_that_is_no_id_is_refused(position: list[str | int]) -> None:
    with pytest.raises(errors.InvalidArgument):
        paging.id_at(position)


@given(st.text(min_size=1, max_size=80))
def test_any_text_is_refused_and_nothing_else(token: str) -> None:
    with pytest.raises(errors.InvalidArgument, match="page_token"):
        paging.decode(token, ["workspace_1"])


ROWS = [f"row_{i}" for i in range(7)]


async def _rows(position: paging.Position, limit: int) -> list[str]:
    after = paging.id_at(position)
    return [row for row in ROWS if row > after][:limit]


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        pytest.param(1, [1] * 7, id="one row a page"),
        pytest.param(3, [3, 3, 1], id="a rest"),
        pytest.param(7, [7], id="all, exactly: no empty page behind it"),
        pytest.param(0, [7], id="the default"),
    ],
)
async def test_pages_give_every_row_once_in_order(size: int, sizes: list[int]) -> None:
    pages: list[list[str]] = []
    token = ""
    while token or not pages:
        rows, token = await paging.page(paging.Page(size, token), ["workspace_1"], _rows, lambda row: [row])
        pages.append(rows)

    assert [len(rows) for rows in pages] == sizes
    assert [row for rows in pages for row in rows] == ROWS


async def test_page_of_nothing_is_the_last() -> None:
    async def nothing(position: paging.Position, limit: int) -> list[str]:
        return []

    assert await paging.page(paging.Page(), [], nothing, lambda row: [row]) == ([], "")


async def test_page_of_other_arguments_is_refused() -> None:
    _, token = await paging.page(paging.Page(1), ["workspace_1"], _rows, lambda row: [row])

    with pytest.raises(errors.InvalidArgument) as refused:
        await paging.page(paging.Page(1, token), ["workspace_2"], _rows, lambda row: [row])

    assert refused.value.reason == "PAGE_TOKEN_INVALID"
