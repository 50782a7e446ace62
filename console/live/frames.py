"""Server-sent events as they go over the wire."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from console.live.happening import Happening
from console.live.notices import Notice

# When a browser comes back that was cut off, in milliseconds: at once, but not all in the same instant as before.
_RETRY = 1000


def hello(token: str, content: Mapping[str, Any]) -> bytes:
    """The first one of a stream. `token`: where to go on; empty when that is not known yet."""
    return f"retry: {_RETRY}\n".encode() + _frame("hello", json.dumps(content), token)


def events(happened: Iterable[tuple[Happening, Notice | None]], token: str) -> bytes:
    """What happened, in order. The browser goes on with `token` once it has all of it, and never with a part."""
    return _frame("events", f"[{','.join(_with_notice(*one) for one in happened)}]", token)


def presence(people: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """Who is at these tickets now, by ticket id."""
    return _frame("presence", json.dumps(people), "")


def beat(token: str) -> bytes:
    """Nothing has happened up to `token`, and the connection is there."""
    return _frame("beat", "{}", token)


def reload() -> bytes:
    """What happened is not known any more as far back as it is needed."""
    return _frame("reload", "{}", "")


def _frame(name: str, data: str, token: str) -> bytes:
    place = f"id: {token}\n" if token else ""
    return f"{place}event: {name}\ndata: {data}\n\n".encode()


def _with_notice(happening: Happening, notice: Notice | None) -> str:
    if notice is None:
        return happening.body
    return f'{happening.body[:-1]}, "notice": {json.dumps(asdict(notice))}}}'
