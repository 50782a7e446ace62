"""What stands before every page: a session, and rules for browsers."""

import asyncio
import secrets
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from dev.local_stack.accounts import OPERATOR, ORGANIZATION
from dev.local_stack.desk import RunningStack
from keva.ticket.v1 import agent_service_pb2
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


async def test_who_is_refused_before_the_page_is_still_inside(sign_in: SignIn) -> None:
    dana = await sign_in("dana", agent_service_pb2.AGENT_ROLE_AGENT)

    no_workspace = await dana.get("/inbox/all", params={"workspace": "elsewhere"})
    forged = await dana.post("/me/name", {"csrf": "another"})

    assert [page.status for page in (no_workspace, forged)] == [404, 409]
    for page in (no_workspace, forged):
        assert page.one(".rail .rail-me")["href"] == "/me"
        assert page.one("main .button")["href"] == "/inbox/mine"


async def test_a_browser_that_leaves_within_a_form_is_no_fault_of_ours(running: RunningStack, logs: Path) -> None:
    console = urlsplit(running.stack.console_url)
    head = f"POST /sign-in HTTP/1.1\r\nHost: {console.netloc}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=dana"

    there, here = await asyncio.open_connection(console.hostname, console.port)
    here.write((head + form).encode())
    await there.readuntil(b"100 Continue\r\n\r\n")
    # It does not wait for an answer, nor say goodbye.
    here.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    here.transport.abort()
    log = await _log_after_a_report(running, logs)

    assert "unexpected exception" not in log


async def _log_after_a_report(running: RunningStack, logs: Path) -> str:
    """The console's log up to a line that it has written since."""
    report = {"csp-report": {"effective-directive": secrets.token_hex(8)}}
    async with aiohttp.ClientSession() as browser:
        await browser.post(running.stack.console_url + "/csp-reports", json=report)
    async with asyncio.timeout(60):
        while report["csp-report"]["effective-directive"] not in (log := (logs / "console.log").read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return log


async def test_who_is_in_no_workspace_is_told_so_and_can_be_themselves(running: RunningStack, sign_in: SignIn) -> None:
    sam = await sign_in("sam", agent_service_pb2.AGENT_ROLE_AGENT)
    left = agent_service_pb2.Agent(agent_id=sam.agent.agent_id)
    request = agent_service_pb2.UpdateAgentRequest(organization_id=ORGANIZATION, agent=left)
    request.update_mask.paths.append("workspace_ids")
    await running.clients.agents.UpdateAgent(request, metadata=OPERATOR)
    first = await sign_in("first", organization_id="umbrella", workspaces=())

    inbox, own = await sam.get("/inbox/mine"), await sam.get("/me")
    empty, settings = await first.get("/inbox/mine"), await first.get("/settings/channels")

    assert (inbox.status, own.status, empty.status, settings.status) == (403, 200, 403, 200)
    assert "An administrator can add you to one" in inbox.text
    assert "keva workspaces add" in empty.text


async def test_pages_travel_compressed_unless_another_site_could_have_asked(sign_in: SignIn) -> None:
    dana = await sign_in("dana")
    own, elsewhere = ({"Sec-Fetch-Site": site} for site in ("same-origin", "cross-site"))
    page = await dana.get("/inbox/all", headers=own)
    assert page.headers["Content-Encoding"] in ("gzip", "deflate")
    assert "Sec-Fetch-Site" in page.headers["Vary"]
    assert "Content-Encoding" not in (await dana.get("/inbox/all", headers=elsewhere)).headers
    # What stands in the address stands on the page.
    for path in ("/search?q=refund", "/inbox/all?tag=refund"):
        assert "Content-Encoding" not in (await dana.get(path, headers=own)).headers
    tokens = {(await dana.get("/inbox/all")).all("[name=csrf]")[0]["value"] for _ in range(2)}
    assert len(tokens) == 2
    assert dana.csrf_token not in tokens
