"""What a page says for some seconds after something was done: "Resolved. Undo". It waits in a cookie for the page that
follows, so that it is shown once, and needs no script. Each page has a cookie of its own: two tabs in which something
is done at once do not swap what they say, nor what their Undo takes back."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from console.own_paths import own_path
from console.sign_in.cookies import name_of

_COOKIE = "keva-toast"
_SECONDS = 60


@dataclass(frozen=True)
class Undo:
    """The form that takes it back: where it is sent, and its fields."""

    action: str
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Toast:
    """`text` is a sentence or two, without a customer's name, number or text: it travels in a cookie."""

    text: str
    undo: Undo | None = None

    @classmethod
    def read(cls, value: str) -> Self | None:
        """The toast in a cookie; None when it is not one of ours, or leads elsewhere."""
        try:
            known = json.loads(base64.urlsafe_b64decode(value))
            undo = Undo(**known["undo"]) if known["undo"] else None
            toast = cls(str(known["text"]), undo)
        except (ValueError, binascii.Error, KeyError, TypeError):
            return None
        if undo and own_path(undo.action, "") != undo.action:
            return None
        return toast

    def put(self, response: web.StreamResponse, is_https: bool) -> None:
        """Leaves it for the page that the response leads to."""
        value = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()
        name = _cookie_of(urlsplit(response.headers.get("Location", "")).path, is_https)
        response.set_cookie(name, value, max_age=_SECONDS, httponly=True, secure=is_https, samesite="Strict", path="/")

    @staticmethod
    def taken(response: web.StreamResponse, request: web.Request, is_https: bool) -> None:
        """It is on this page: not on the next one."""
        name = _cookie_of(request.rel_url.raw_path, is_https)
        response.del_cookie(name, httponly=True, secure=is_https, samesite="Strict", path="/")


def _cookie_of(path: str, is_https: bool) -> str:
    return name_of(f"{_COOKIE}-{blake2b(path.encode(), digest_size=4).hexdigest()}", is_https)


# What a response leaves for the next page, until it is sent.
LEFT = web.ResponseKey("toast", Toast)


def take_toast(request: web.Request, is_https: bool) -> Toast | None:
    """What the page before has left for this one."""
    value = request.cookies.get(_cookie_of(request.rel_url.raw_path, is_https))
    return Toast.read(value) if value else None


def see_other(url: str, toast: Toast | None = None) -> web.Response:
    """After a form was sent: the page to show, so that reloading it sends nothing again."""
    response = web.Response(status=303, headers={"Location": url})
    if toast is not None:
        response[LEFT] = toast
    return response
