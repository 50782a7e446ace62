"""The console behind something that ends TLS, as in production: what the browser keeps, and where it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import expect

from dev.local_stack.certificates import Authority
from dev.local_stack.desk import Desk, RunningStack
from dev.local_stack.ports import free_port
from dev.local_stack.readiness import http_ok
from servicekit.rpc.certificates import CERTIFICATE, KEY
from tests.browsers import OpenPage
from tests.e2e.console.browser.line import line_to
from tests.e2e.console.browser.toasts import toasts_stay
from tests.e2e.console.stranger import PASSWORD, Invite

_NAME = "console-https"


def _tls(folder: Path) -> SSLContext:
    Authority.create().issue(folder, "console")
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
    return context


@asynccontextmanager
async def _over_https(running: RunningStack, folder: Path) -> AsyncIterator[str]:
    """A further console of the stack, by the address at which TLS is ended before it."""
    supervisor = running.stack.supervisor
    console = supervisor.program("console")
    listens = ("KEVA_HTTP_LISTEN", "KEVA_GRPC_LISTEN", "KEVA_HEALTH_LISTEN", "KEVA_METRICS_LISTEN")
    own = {name: f"127.0.0.1:{free_port()}" for name in listens}
    async with line_to(f"http://{own['KEVA_HTTP_LISTEN']}", _tls(folder)) as line:
        environment = {**console.environment, **own, "KEVA_CONSOLE_URL": line.url}
        ready = partial(http_ok, f"http://{own['KEVA_HEALTH_LISTEN']}/readyz")
        await supervisor.start(replace(console, name=_NAME, environment=environment, ready=ready))
        try:
            yield line.url
        finally:
            await supervisor.kill(_NAME)


async def test_cookies_and_addresses_stay_with_https(
    running: RunningStack, desk: Desk, invite: Invite, open_page: OpenPage, tmp_path: Path
) -> None:
    ann = await invite("ann")
    await desk.text("hello")
    path = f"/t/{(await desk.ticket()).number}"
    async with _over_https(running, tmp_path) as url:
        page = await open_page(base_url=url, ignore_https_errors=True)
        asked: list[str] = []
        await toasts_stay(page)
        page.context.on("request", lambda request: asked.append(request.url))

        sent_away = await page.goto(path)
        assert page.url.startswith(f"{url}/sign-in?next=")
        assert sent_away is not None
        assert sent_away.headers["strict-transport-security"].startswith("max-age=")
        await page.goto(ann.link)
        await page.get_by_label("New password").fill(PASSWORD)
        await page.get_by_role("button", name="Set password").click()
        await page.wait_for_url(f"{url}/inbox/**")
        await page.goto(path)
        await expect(page.locator("html")).to_have_attribute("data-live", "on")
        await desk.text("and over TLS")
        await expect(page.locator(".bubble-theirs .bubble-text").last).to_have_text("and over TLS")
        async with page.expect_response("**/resolve") as answer:
            await page.get_by_role("button", name="Resolve", exact=True).first.click()
        left = await (await answer.value).all_headers()
        await page.locator("#toast form button").click()
        await expect(page.locator("#toast")).to_contain_text("Open again.")
        cookies = await page.context.cookies()
        await page.goto("/me")
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.wait_for_url(f"{url}/sign-in")
        after = await page.context.cookies()
        await page.goto("about:blank")

    assert {urlsplit(each).scheme for each in asked} <= {"https", "data"}
    assert "__Host-keva-toast-" in left["set-cookie"]
    assert all(_is_safe(cookie) for cookie in cookies), cookies
    kept = {cookie["name"]: cookie["sameSite"] for cookie in cookies}
    session = {"__Host-keva-session": "Lax", "__Host-keva-browser": "Lax", "__Host-keva-form": "Strict"}
    assert session.items() <= kept.items()
    assert "__Host-keva-session" not in {cookie["name"] for cookie in after}


def _is_safe(cookie: Any) -> bool:
    """None goes over anything but HTTPS; what decides something is read by no script, and set by no other host."""
    is_ours = cookie["httpOnly"] and cookie["name"].startswith("__Host-") and not cookie["domain"].startswith(".")
    return cookie["secure"] and cookie["path"] == "/" and (is_ours or cookie["name"] == "keva-zone")
