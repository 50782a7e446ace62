"""The README's table of settings is the truth: every setting of every service, with its default."""

import re
from enum import Enum
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from dev.process_list import PROCESSES
from servicekit.settings import ServiceSettings

_README = (Path(__file__).parents[1] / "README.md").read_text()
_ROWS = dict(re.findall(r"^\| `(KEVA_\w+)` \| [^|]+ \| ([^|]+) \|", _README, re.MULTILINE))
_SETTINGS = [process.settings() for process in PROCESSES]


@pytest.mark.parametrize("settings", _SETTINGS)
def test_every_setting_is_listed_with_its_default(settings: type[ServiceSettings]) -> None:
    for name, field in settings.model_fields.items():
        row = _ROWS[f"KEVA_{name.upper()}"]
        if field.default is PydanticUndefined:
            assert row == "required", name
        elif field.default:
            value = field.default.value if isinstance(field.default, Enum) else field.default
            default = f"{value:g}" if isinstance(value, float) else str(value)
            assert f"`{default.lower()}`" in row.lower(), name


def test_nothing_is_listed_that_nobody_reads() -> None:
    known = {f"KEVA_{name.upper()}" for settings in _SETTINGS for name in settings.model_fields}

    assert len(_ROWS) > 15
    assert set(_ROWS) == known
