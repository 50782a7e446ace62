"""Where Chromium is, and how it is started."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SETTING = "KEVA_CHROMIUM"
FOLDER = Path(sys.prefix) / "browser"
AXE = FOLDER / "axe.min.js"
FONTS = FOLDER / "fonts.conf"
_UNPACKED = FOLDER / "chromium"
_ON_THE_PATH = ("chromium", "chromium-browser", "google-chrome")
# A test's browser opens pages of this machine alone, and in a container it may be root, for whom there is no sandbox.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--font-render-hinting=none")


class NoChromiumError(Exception):
    """There is none; the text says what to do."""


@dataclass(frozen=True)
class Chromium:
    """What starts it: its file, arguments beside those of Playwright, and its whole environment."""

    executable: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str]


def find(environment: Mapping[str, str] = os.environ, unpacked: Path = _UNPACKED) -> Chromium:
    """The one that KEVA_CHROMIUM names, else the one that `make test` has unpacked, else one on the PATH. Raises
    NoChromiumError."""
    named = environment.get(SETTING)
    if named:
        return _installed(shutil.which(named), environment, f"{SETTING} is {named}, and no program is there.")
    if unpacked.exists():
        return Chromium(unpacked, _ARGUMENTS, {**environment, **_beside(unpacked, environment)})
    on_the_path = (shutil.which(name, path=environment.get("PATH")) for name in _ON_THE_PATH)
    advice = f"`make test` fetches one on Linux and x86-64; elsewhere install it, or name it in {SETTING}."
    return _installed(next(filter(None, on_the_path), None), environment, f"There is no Chromium. {advice}")


def _installed(executable: str | None, environment: Mapping[str, str], otherwise: str) -> Chromium:
    if executable is None:
        raise NoChromiumError(otherwise)
    return Chromium(Path(executable), _ARGUMENTS, dict(environment))


def _beside(unpacked: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What it finds beside itself: libraries and fonts that a small machine may lack."""
    libraries = [str(unpacked.parent / "lib"), environment.get("LD_LIBRARY_PATH", "")]
    return {"LD_LIBRARY_PATH": ":".join(filter(None, libraries)), "FONTCONFIG_FILE": str(unpacked.parent / FONTS.name)}
