"""What stands before every page: a session, and rules for browsers."""

import aiohttp

from dev.local_stack.desk import RunningStack
from tests.e2e.console.conftest import SignIn


async def test_whoever_has_no_session_is_sent_to_sign_in(running: RunningStack) -> None:
    url = running.stack.console_url + "/t/12?x=1"

    async with aiohttp.ClientSession() as browser, browser.get(url, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/sign-in?next=%2Ft%2F12%3Fx%3D1")


async def test_pages_forbid_what_they_do_not_need(running: RunningStack, sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    page = await dana.get("/nowhere")

    assert page.status == 404
    assert "There is no such page." in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_form_without_the_sessions_token_is_refused(sign_in: SignIn) -> None:
    dana = await sign_in("dana")

    forged = await dana.post("/", {"csrf": "another"})
    foreign = await dana.post("/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (forged.status, foreign.status) == (409, 409)
    assert "another session" in forged.text
    assert "another site" in foreign.text
