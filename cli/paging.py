"""Lists that come in pages: one page, or all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from google.protobuf.message import Message

from cli.connection import Session
from servicekit.paging import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from grpc.aio import UnaryUnaryMultiCallable

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)
Item = TypeVar("Item", bound=Message)


LimitOption = Annotated[int, typer.Option("--limit", min=1, max=MAX_PAGE_SIZE, help="How many at most, in this page")]
PageTokenOption = Annotated[str, typer.Option("--page-token", help="Go on after the page that gave this token")]
AllOption = Annotated[bool, typer.Option("--all", help="All pages")]


@dataclass(frozen=True)
class Pages:
    """Which part of a list was asked for."""

    limit: int
    page_token: str
    all_pages: bool


async def listed(
    session: Session,
    rpc: "UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    items: Callable[[Response], Sequence[Item]],
    pages: Pages,
) -> list[Item]:
    """What `pages` asks for. Leaves a remark on how to get the next page when there is one. Raises CommandError."""
    _set(request, page_size=MAX_PAGE_SIZE if pages.all_pages else pages.limit, page_token=pages.page_token)
    if pages.all_pages:
        return await everything(session, rpc, request, items)
    page = await session.ask(rpc, request)
    following = _next_page_token(page)
    if following:
        session.remarks.append(f"There are more: add --page-token {following}, or --all.")
    return list(items(page))


async def everything(
    session: Session,
    rpc: "UnaryUnaryMultiCallable[Request, Response]",
    request: Request,
    items: Callable[[Response], Sequence[Item]],
    seconds: float | None = None,
) -> list[Item]:
    """All pages from the request's own on, each within `seconds`. Raises CommandError."""
    found: list[Item] = []
    while True:
        page = await session.ask(rpc, request, seconds)
        found.extend(items(page))
        if not _next_page_token(page):
            return found
        _set(request, page_token=_next_page_token(page))


def _set(request: Message, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(request, name, value)


def _next_page_token(page: Message) -> str:
    return str(page.next_page_token)  # type: ignore[attr-defined]
