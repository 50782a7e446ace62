"""What waits in a cookie for the next page: ours, or nothing."""

import base64
import json

import pytest
from aiohttp import web

from console.toasts import Toast, Undo


def _kept(toast: Toast) -> str:
    response = web.Response()
    toast.put(response, is_https=False)
    return response.cookies["keva-toast"].value


def _forged(action: object) -> str:
    known = {"text": "Done.", "undo": {"action": action, "fields": {}}}
    return base64.urlsafe_b64encode(json.dumps(known).encode()).decode()


@pytest.mark.parametrize(
    "toast", [Toast("Saved."), Toast("Done.", Undo("/t/12/reopen", {"state": "OPEN", "n": ["1"]}))]
)
def test_what_is_put_is_read(toast: Toast) -> None:
    assert Toast.read(_kept(toast)) == toast


def test_over_https_no_neighbouring_host_can_leave_one() -> None:
    response = web.Response()
    Toast("Saved.").put(response, is_https=True)

    cookie = response.cookies["__Host-keva-toast"]
    assert (cookie["secure"], cookie["path"], cookie["domain"], cookie["samesite"]) == (True, "/", "", "Strict")


@pytest.mark.parametrize(
    "action", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", 3, None]
)
def test_an_undo_that_leads_elsewhere_is_nothing(action: object) -> None:
    assert Toast.read(_forged(action)) is None


@pytest.mark.parametrize("value", ["", "?", "bm90IGpzb24=", "W10=", "e30="])
def test_what_is_no_toast_is_nothing(value: str) -> None:
    assert Toast.read(value) is None
