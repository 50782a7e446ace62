"""Lists that come in pages: one page, or all of them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from client.session import Session
from servicekit.paging import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from grpc.aio import UnaryUnaryMultiCallable

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)
Item = TypeVar("Item", bound=Message)


async def one_page(
    session: Session,
    rpc: "UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    items: Callable[[Response], Sequence[Item]],
    *,
    size: int = MAX_PAGE_SIZE,
    token: str = "",
    seconds: float | None = None,
) -> tuple[list[Item], str]:
    """At most `size` items from the page that `token` stands for (empty: the first), and the token of the next page,
    empty at the end. A search has short pages that are not the last: it is asked again until there are `size`. Each
    question takes at most `seconds`. Raises Failure."""
    found, token = await _page(session, rpc, request, items, size, token, seconds)
    while token and len(found) < size:
        more, token = await _page(session, rpc, request, items, size - len(found), token, seconds)
        found += more
    return found, token


async def all_pages(
    session: Session,
    rpc: "UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    items: Callable[[Response], Sequence[Item]],
    *,
    token: str = "",
    seconds: float | None = None,
) -> list[Item]:
    """All items from the page of `token` on (empty: the first), each page within `seconds`. Raises Failure."""
    found: list[Item] = []
    while True:
        page, token = await _page(session, rpc, request, items, MAX_PAGE_SIZE, token, seconds)
        found += page
        if not token:
            return found


async def _page(
    session: Session,
    rpc: "UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    items: Callable[[Response], Sequence[Item]],
    size: int,
    token: str,
    seconds: float | None,
) -> tuple[list[Item], str]:
    for name, value in {"page_size": size, "page_token": token}.items():
        setattr(request, name, value)
    page = await session.ask(rpc, request, seconds)
    return list(items(page)), str(page.next_page_token)  # type: ignore[attr-defined]
