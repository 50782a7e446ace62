"""README is short; what it leaves to docs/settings.md is there: all settings of each process, with their defaults."""

import re
from enum import Enum
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from dev.process_list import PROCESSES
from servicekit.settings import ServiceSettings

_ROOT = Path(__file__).parents[1]
_PAGE = (_ROOT / "docs" / "settings.md").read_text()
_SETTINGS = [process.settings() for process in PROCESSES]


def _rows(text: str) -> dict[str, str]:
    """Variable and default of each row."""
    return dict(re.findall(r"^\| `(KEVA_\w+)` \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE))


def _section(title: str) -> str:
    (found,) = re.findall(rf"^## `?{title}`?$(.*?)(?=^## |\Z)", _PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def _listed(settings: type[ServiceSettings]) -> dict[str, str]:
    """What the page says a process takes: its own section, and those that it refers to."""
    own = _section(settings.__module__.partition(".")[0])
    shared = [f"Every {title}" for title in re.findall(r"\[every ([^]]+)\]", own)]
    return {name: default for section in (*map(_section, shared), own) for name, default in _rows(section).items()}


@pytest.mark.parametrize("settings", _SETTINGS)
def test_every_setting_is_listed_with_its_default(settings: type[ServiceSettings]) -> None:
    rows = _listed(settings)
    for name, field in settings.model_fields.items():
        row = rows[f"KEVA_{name.upper()}"]
        if field.default is PydanticUndefined:
            assert row == "required", name
        elif field.default:
            value = field.default.value if isinstance(field.default, Enum) else field.default
            default = f"{value:g}" if isinstance(value, float) else str(value)
            assert f"`{default.lower()}`" in row.lower(), name


@pytest.mark.parametrize("settings", _SETTINGS)
def test_nothing_is_listed_that_the_process_does_not_read(settings: type[ServiceSettings]) -> None:
    rows = _listed(settings)

    assert len(rows) > 8
    assert set(rows) == {f"KEVA_{name.upper()}" for name in settings.model_fields}


def test_readme_can_be_read_in_five_minutes() -> None:
    assert len((_ROOT / "README.md").read_text().split()) < 1000
