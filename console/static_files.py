"""Style sheets, scripts and icons: read once, served under names with a hash, so that browsers keep them for good."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "assets"
_STYLES = "styles/"
_KINDS = (".css", ".js", ".svg", ".png", ".mp3", ".ogg", ".webmanifest")
_FOR_GOOD = "public, max-age=31536000, immutable"
_PREFIX = "/assets/"


@dataclass(frozen=True)
class _File:
    content: bytes
    compressed: bytes
    media_type: str


class StaticFiles:
    """The files in console/assets, those of its folder vendor/ included. Those in styles/ are one, console.css, in the
    order of their names."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._urls: dict[str, str] = {}
        self._files: dict[str, _File] = {}
        styles = []
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if name.startswith(_STYLES):
                styles.append(path.read_bytes())
            elif path.suffix in _KINDS and "node_modules" not in path.parts:
                self._take(name, path.read_bytes())
        self._take("console.css", b"\n".join(styles))

    def url(self, name: str) -> str:
        """Where the file of that name is, such as console.css. Raises KeyError when there is none: `make setup` fetches
        what comes from npm."""
        return self._urls[name]

    @property
    def scripts(self) -> list[str]:
        """Where our own scripts are."""
        return [url for name, url in self._urls.items() if name.startswith("scripts/")]

    async def serve(self, request: web.Request) -> web.Response:
        """The file, or 404 when its content has changed since the page was made."""
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": _FOR_GOOD, "Vary": "Accept-Encoding"}
        body = file.content
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", file.compressed
        return web.Response(body=body, content_type=file.media_type, headers=headers)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serves them."""
        router.add_get(_PREFIX + "{name:.+}", self.serve)

    def _take(self, name: str, content: bytes) -> None:
        stem, dot, ending = name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{ending}"
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._urls[name] = _PREFIX + hashed
        self._files[hashed] = _File(content, gzip.compress(content, mtime=0), media_type)
