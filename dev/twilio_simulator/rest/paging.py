"""Pages of a list resource, as Twilio's 2010 API cuts them."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from dev.twilio_simulator.rest.errors import TwilioError

DEFAULT_SIZE = 50
LARGEST_SIZE = 1000
Position = tuple[int, int]
Item = TypeVar("Item")


def page(
    request: web.Request,
    name: str,
    items: Iterable[tuple[Position, Item]],
    render: Callable[[Item], dict[str, object]],
) -> web.Response:
    """The page of `items` that the request asks for. Items come in order, with rising positions.

    A page begins after the position in its token and not at a count: what is added or removed meanwhile
    shifts nothing. Raises TwilioError 20001 for a size or token that makes no sense.
    """
    size, index, shown, following = _cut(request, items)
    body: dict[str, object] = {
        name: [render(item) for _, item in shown],
        "page": index,
        "page_size": size,
        "start": index * size,
        "end": index * size + max(len(shown) - 1, 0),
        "uri": request.raw_path,
        "first_page_uri": _uri(request, size, 0, None),
        "next_page_uri": following,
        # Twilio's own way back needs a second kind of token, and nobody here walks backwards.
        "previous_page_uri": None,
    }
    return web.json_response(body)


def page_v1(
    request: web.Request,
    name: str,
    items: Iterable[tuple[Position, Item]],
    render: Callable[[Item], dict[str, object]],
) -> web.Response:
    """The same in the form of Twilio's newer APIs, whose addresses are whole ones."""
    size, index, shown, following = _cut(request, items)
    own = str(request.url.origin())
    meta: dict[str, object] = {
        "key": name,
        "page": index,
        "page_size": size,
        "url": own + request.raw_path,
        "first_page_url": own + _uri(request, size, 0, None),
        "next_page_url": None if following is None else own + following,
        "previous_page_url": None,
    }
    return web.json_response({name: [render(item) for _, item in shown], "meta": meta})


def _cut(
    request: web.Request, items: Iterable[tuple[Position, Item]]
) -> tuple[int, int, list[tuple[Position, Item]], str | None]:
    """The page's size, its number, what is on it, and the next one's path."""
    size = min(_number(request, "PageSize", DEFAULT_SIZE, least=1), LARGEST_SIZE)
    index = _number(request, "Page", 0, least=0)
    after = _position(request.query.get("PageToken"))
    beyond = ((position, item) for position, item in items if after is None or position > after)
    found = list(islice(beyond, size + 1))
    shown = found[:size]
    return size, index, shown, _uri(request, size, index + 1, shown[-1][0]) if len(found) > size else None


def _number(request: web.Request, name: str, default: int, *, least: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        raise TwilioError(20001, f"{name}={text}")
    return int(text)


def _position(token: str | None) -> Position | None:
    if not token:
        return None
    match = re.fullmatch(r"PA(-?\d+)\.(-?\d+)", token)
    if match is None:
        raise TwilioError(20001, "PageToken")
    return int(match[1]), int(match[2])


def _uri(request: web.Request, size: int, index: int, after: Position | None) -> str:
    kept = [(k, v) for k, v in request.query.items() if k not in ("PageSize", "Page", "PageToken")]
    token = [] if after is None else [("PageToken", f"PA{after[0]}.{after[1]}")]
    return f"{request.path}?{urlencode([*kept, ('PageSize', size), ('Page', index), *token])}"
