"""Which Chromium tests get."""

from pathlib import Path

import pytest

from dev.browser.chromium import SETTING, NoChromiumError, find


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    named, unpacked = _program(tmp_path / "mine"), _program(tmp_path / "unpacked" / "chromium")

    found = find({SETTING: str(named), "PATH": "/nowhere"}, unpacked)

    assert found.executable == named
    assert found.environment == {SETTING: str(named), "PATH": "/nowhere"}


def test_the_one_that_is_unpacked_has_its_libraries_and_fonts_beside_it(tmp_path: Path) -> None:
    unpacked = _program(tmp_path / "unpacked" / "chromium")
    _program(tmp_path / "bin" / "chromium")

    found = find({"PATH": str(tmp_path / "bin"), "LD_LIBRARY_PATH": "/opt/lib"}, unpacked)

    assert found.executable == unpacked
    assert found.environment["LD_LIBRARY_PATH"] == f"{unpacked.parent / 'lib'}:/opt/lib"
    assert found.environment["FONTCONFIG_FILE"] == str(unpacked.parent / "fonts.conf")


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_else_one_that_is_installed(tmp_path: Path, name: str) -> None:
    installed = _program(tmp_path / "bin" / name)

    assert find({"PATH": str(tmp_path / "bin")}, tmp_path / "none").executable == installed


def test_whoever_has_none_reads_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoChromiumError, match="make test"):
        find({"PATH": str(tmp_path)}, tmp_path / "none")
    with pytest.raises(NoChromiumError, match=f"{SETTING} is /nowhere/chromium"):
        find({SETTING: "/nowhere/chromium"}, tmp_path / "none")
