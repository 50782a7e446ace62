"""What tests in a browser can see, on small pages of their own."""

from collections.abc import AsyncIterator, Mapping
from typing import Literal

import pytest
from aiohttp import web
from playwright.async_api import expect

from tests.browsers import NO_SCRIPTS, PHONE, Look, OpenPage, axe, overflow

_CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
_HEAD = '<!doctype html><html lang="en"><head><title>A page</title><meta name="viewport" content="width=device-width">'
_PAGES: Mapping[str, str] = {
    "/well": '<script src="/app.js" defer></script></head><body><main><h1>Well</h1><p id="look"></p></main></body>',
    "/inline": "</head><body><main><h1>Inline</h1></main><script>document.title = 'done'</script></body>",
    "/style": '</head><body><main><h1 style="color: red">Style</h1></main></body>',
    "/throws": '<script src="/throws.js" defer></script></head><body><h1>Throws</h1></body>',
    "/lost": '<script src="/lost.js" defer></script></head><body><h1>Lost</h1></body>',
    "/nameless": '</head><body><main><h1>Nameless</h1><img src="/dot.svg"><input></main></body>',
    "/dim": '<link rel="stylesheet" href="/dim.css"></head><body><main><h1>Dim</h1></main></body>',
    "/wide": '<link rel="stylesheet" href="/wide.css"></head><body><h1>Wide</h1></body>',
}
_FILES: Mapping[str, tuple[str, str]] = {
    "/app.js": (
        "text/javascript",
        "const dark = matchMedia('(prefers-color-scheme: dark)').matches;\n"
        "document.getElementById('look').textContent = `${innerWidth} ${dark ? 'dark' : 'light'}`;",
    ),
    "/throws.js": ("text/javascript", "throw new Error('thrown on purpose');"),
    "/dot.svg": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
    "/dim.css": ("text/css", "@media (prefers-color-scheme: dark) { body { background: #111 } h1 { color: #222 } }"),
    "/wide.css": ("text/css", "h1 { width: 3000px }"),
}


async def _serve(request: web.Request) -> web.Response:
    headers = {"Content-Security-Policy": _CSP}
    if (page := _PAGES.get(request.path)) is not None:
        return web.Response(text=_HEAD + page + "</html>", content_type="text/html", headers=headers)
    if (file := _FILES.get(request.path)) is not None:
        return web.Response(text=file[1], content_type=file[0])
    missing = f"{_HEAD}</head><body><main><h1>Missing</h1></main></body></html>"
    return web.Response(text=missing, status=404, content_type="text/html", headers=headers)


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    """Where the pages are."""
    app = web.Application()
    app.router.add_get("/{name:.*}", _serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("look", [Look(), Look(theme="dark"), Look(390, 844), Look(390, 844, "dark")], ids=str)
async def test_a_page_is_seen_as_wide_and_as_dark_as_asked_for(open_page: OpenPage, url: str, look: Look) -> None:
    page = await open_page(look)

    await page.goto(f"{url}/well")

    await expect(page.locator("#look")).to_have_text(f"{look.width} {look.theme}")
    assert await axe(page) == []
    assert await overflow(page) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_page_is_looked_at_in_both_themes_and_left_in_its_own(
    open_page: OpenPage, url: str, theme: Literal["light", "dark"]
) -> None:
    page = await open_page(Look(theme=theme))
    await page.goto(f"{url}/dim")

    (found,) = await axe(page)

    assert found.startswith("dark: serious: ")
    assert await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (theme == "dark")


async def test_pages_can_do_without_scripts(open_page: OpenPage, url: str) -> None:
    page = await open_page(NO_SCRIPTS)

    await page.goto(f"{url}/well")

    await expect(page.get_by_role("heading")).to_have_text("Well")
    await expect(page.locator("#look")).to_be_empty()


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        pytest.param("/inline", "Content Security Policy", id="a script that the policy refuses"),
        pytest.param("/style", "Content Security Policy", id="a style that the policy refuses"),
        pytest.param("/throws", "thrown on purpose", id="an uncaught error"),
        pytest.param("/lost", "404: ", id="a script that is not there"),
    ],
)
async def test_what_a_page_complains_about_is_noticed(
    open_page: OpenPage, troubles: list[str], url: str, path: str, complaint: str
) -> None:
    page = await open_page()

    await page.goto(url + path, wait_until="networkidle")

    assert any(complaint in trouble for trouble in troubles), troubles
    troubles.clear()


async def test_a_page_that_says_what_is_wrong_is_no_trouble(open_page: OpenPage, url: str) -> None:
    page = await open_page()

    await page.goto(f"{url}/nowhere")

    await expect(page.get_by_role("heading")).to_have_text("Missing")


async def test_what_cannot_be_used_by_all_is_found(open_page: OpenPage, url: str) -> None:
    page = await open_page()

    await page.goto(f"{url}/nameless")

    found = "\n".join(await axe(page))
    assert "critical: Images must have alternative text" in found
    assert "critical: Form elements must have labels" in found


async def test_what_is_wider_than_a_phone_is_measured(open_page: OpenPage, url: str) -> None:
    page = await open_page(PHONE)

    await page.goto(f"{url}/wide")

    assert await overflow(page) > 2000
