"""How long a browser keeps what signs somebody in."""

from datetime import timedelta

import pytest
from aiohttp import web

from console.sign_in import cookies


@pytest.mark.parametrize("days", [0.5, 14, 90])
def test_a_browser_keeps_its_session_as_long_as_it_can_last(days: float) -> None:
    response, longest = web.Response(), timedelta(days=days)

    cookies.put(response, "secret", False, longest)

    assert response.cookies["keva-session"]["max-age"] == str(int(longest.total_seconds()))
