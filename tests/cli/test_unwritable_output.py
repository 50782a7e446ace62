"""Output that nobody can take is said to be so, not called a bug."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("words", ["--version", "--help", "kb check articles"])
def test_output_onto_a_full_disk_cannot_be_written(tmp_path: Path, words: str) -> None:
    ended = _run(tmp_path, words, "/dev/full")

    assert ended.returncode == 1
    assert "The output cannot be written." in ended.stderr
    assert "bug" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_closed_output_is_no_traceback(tmp_path: Path) -> None:
    assert "Traceback" not in _run(tmp_path, "--version", "&-").stderr


def _run(folder: Path, words: str, output: str) -> "subprocess.CompletedProcess[str]":
    (folder / "articles").mkdir()
    (folder / "articles" / "hours.md").write_text("# Hours\n\nWe are open from 9 to 5.\n")
    script = f'exec "{sys.executable}" -m cli {words} >{output}'
    environment = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.run(["/bin/sh", "-c", script], cwd=folder, env=environment, stderr=-1, text=True, check=False)
