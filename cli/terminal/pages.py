"""The options of commands that list things page by page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import Session
from client.paging import Item, Request, Response, all_pages, one_page
from servicekit.paging import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from grpc.aio import UnaryUnaryMultiCallable

LimitOption = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=MAX_PAGE_SIZE, help="List at most this many")
]
PageTokenOption = Annotated[
    str, typer.Option("--page-token", metavar="TOKEN", help="Continue after the page that printed this token")
]
AllOption = Annotated[bool, typer.Option("--all", help="List all of them, whatever --limit says")]


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
    """What `pages` asks for. Leaves a remark on how to get the next page when there is one. Raises Failure."""
    if pages.all_pages:
        return await all_pages(session, rpc, request, items, token=pages.page_token)
    found, next_page_token = await one_page(session, rpc, request, items, size=pages.limit, token=pages.page_token)
    if next_page_token:
        session.remarks.append(f"There are more: add --page-token {next_page_token}, or --all.")
    return found
