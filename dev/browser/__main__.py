"""`python -m dev.browser`: unpacks what npm has fetched into dev/browser/node_modules. `make test` does both."""

import io
import platform
import shutil
import sys
import tarfile
from pathlib import Path

import brotli

from dev.browser.chromium import AXE, FOLDER, FONTS

PACKAGES = Path(__file__).parent / "node_modules"
_PART = 1 << 20  # bytes
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
</fontconfig>
"""


def unpack(packages: Path = PACKAGES) -> None:
    """axe-core, and Chromium where this one runs: on Linux and x86-64."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    shutil.copy(packages / "axe-core" / AXE.name, AXE)
    if (sys.platform, platform.machine()) == ("linux", "x86_64"):
        _unpack_chromium(packages / "@sparticuz" / "chromium" / "bin")


def _unpack_chromium(packed: Path) -> None:
    for name in ("al2023", "fonts"):
        with tarfile.open(fileobj=io.BytesIO(brotli.decompress((packed / f"{name}.tar.br").read_bytes()))) as archive:
            archive.extractall(FOLDER, filter="data")
    FONTS.write_text(_FONTS_CONF.format(folder=FOLDER))
    decompressor = brotli.Decompressor()
    with (packed / "chromium.br").open("rb") as source, (FOLDER / "chromium").open("wb") as target:
        while part := source.read(_PART):
            target.write(decompressor.process(part))
    (FOLDER / "chromium").chmod(0o755)


if __name__ == "__main__":
    unpack()
