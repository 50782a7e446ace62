"""Pictures of pages, for docs/images and for whoever looks at them: `pytest --pictures FOLDER` makes them."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsers import Look

if TYPE_CHECKING:
    from playwright.async_api import Page

# Small enough for a repository, and sharp enough for letters of 13 pixels.
_QUALITY = 60


class Pictures:
    """Takes none without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def are_wanted(self) -> bool:
        """Whether there is a folder to put them in."""
        return self._folder is not None

    async def take(self, page: "Page", name: str, look: Look) -> None:
        """What is seen now, light and dark, as `<folder>/<name>-<width>-<theme>.webp`."""
        if self._folder is None:
            return
        browser = await page.context.new_cdp_session(page)
        for theme in ("light", "dark"):
            await page.emulate_media(color_scheme=theme)
            shot = await browser.send("Page.captureScreenshot", {"format": "webp", "quality": _QUALITY})
            (self._folder / f"{name}-{look.width}-{theme}.webp").write_bytes(base64.b64decode(shot["data"]))
        await page.emulate_media(color_scheme=look.theme)
        await browser.detach()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    """Into the folder that the command line names, if it names one."""
    named = request.config.getoption("--pictures")
    return Pictures(Path(named) if named else None)
