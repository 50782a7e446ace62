"""What waits in a cookie for the next page: ours, or nothing."""

import base64
import json
from http.cookies import Morsel

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from console.toasts import Toast, Undo, see_other, take_toast


def _kept(toast: Toast) -> str:
    return _cookie(toast, "/me").value


def _cookie(toast: Toast, url: str, is_https: bool = False) -> Morsel[str]:
    response = see_other(url)
    toast.put(response, is_https)
    (cookie,) = response.cookies.values()
    return cookie


def _forged(action: object) -> str:
    known = {"text": "Done.", "undo": {"action": action, "fields": {}}}
    return base64.urlsafe_b64encode(json.dumps(known).encode()).decode()


@pytest.mark.parametrize(
    "toast", [Toast("Saved."), Toast("Done.", Undo("/t/12/reopen", {"state": "OPEN", "n": ["1"]}))]
)
def test_what_is_put_is_read(toast: Toast) -> None:
    assert Toast.read(_kept(toast)) == toast


def test_over_https_no_neighbouring_host_can_leave_one() -> None:
    cookie = _cookie(Toast("Saved."), "/me", is_https=True)

    assert cookie.key.startswith("__Host-keva-toast-")
    assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Strict")


def test_each_page_has_its_own() -> None:
    own, others = _cookie(Toast("Resolved."), "/t/12?view=mine"), _cookie(Toast("Snoozed."), "/t/13")
    page = make_mocked_request(
        "GET", "/t/12", headers={"Cookie": f"{own.key}={own.value}; {others.key}={others.value}"}
    )
    elsewhere = make_mocked_request("GET", "/t/14", headers={"Cookie": f"{own.key}={own.value}"})
    shown = web.Response()
    Toast.taken(shown, page, is_https=False)

    assert take_toast(page, is_https=False) == Toast("Resolved.")
    assert take_toast(elsewhere, is_https=False) is None
    assert list(shown.cookies) == [own.key]


@pytest.mark.parametrize(
    "action", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", 3, None]
)
def test_an_undo_that_leads_elsewhere_is_nothing(action: object) -> None:
    assert Toast.read(_forged(action)) is None


@pytest.mark.parametrize("value", ["", "?", "bm90IGpzb24=", "W10=", "e30="])
def test_what_is_no_toast_is_nothing(value: str) -> None:
    assert Toast.read(value) is None
