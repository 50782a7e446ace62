"""docs/settings.md is what the settings say of themselves."""

import itertools
import re
from enum import Enum
from typing import Literal

import pytest
from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo

from dev import settings_reference
from dev.local_stack import layout
from dev.process_list import PROCESSES
from dev.settings_reference import render, row, section
from servicekit.settings import ServiceSettings


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Example(ServiceSettings):
    """Each kind of field."""

    name: str = Field(description="A name")
    nothing: str = Field("", description="Text")
    secret: SecretStr = Field(SecretStr("sesame"), description="A secret")
    switch: bool = Field(True, description="A switch")
    seconds: float = Field(2.0, gt=0, le=60, description="A time")
    count: int = Field(3, ge=1, le=10, description="A number")
    colour: Colour = Field(Colour.RED, description="A colour")
    level: Literal["low", "high"] = Field("low", description="A level")


def test_the_page_is_up_to_date() -> None:
    assert settings_reference.FILE.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_what_the_local_stack_takes_from_the_environment_is_listed() -> None:
    table = render().partition("`make run` and `keva up`")[2]
    families = re.findall(r"`(KEVA_[A-Z_]+)…`", table)
    taken = {*layout._PASSED_ON, *itertools.chain(*layout._TAKEN.values())}
    settings = {f"KEVA_{name.upper()}" for process in PROCESSES for name in process.settings().model_fields}

    assert [name for name in taken if f"`{name}`" not in table and not name.startswith(tuple(families))] == []
    not_taken = {name for name in settings - taken if name.startswith(tuple(families))}
    assert not_taken == {"KEVA_AI_CONCURRENCY", "KEVA_AI_POLL_SECONDS"}


def test_a_section_has_a_row_for_each_setting_of_its_own() -> None:
    assert section("example", Example, ["Every process"]).splitlines() == [
        "## `example`",
        "",
        "Also those of [every process](#every-process).",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
        "| `KEVA_NAME` | required | A name |",
        "| `KEVA_NOTHING` | none | Text |",
        "| `KEVA_SECRET` | none | A secret |",
        "| `KEVA_SWITCH` | `true` | A switch |",
        "| `KEVA_SECONDS` | `2` | A time (up to 60) |",
        "| `KEVA_COUNT` | `3` | A number (1 to 10) |",
        "| `KEVA_COLOUR` | `red` | A colour (`red`, `blue`) |",
        "| `KEVA_LEVEL` | `low` | A level (`low`, `high`) |",
    ]


@pytest.mark.parametrize("field", [Field(3), Field(3, description="")])
def test_a_setting_without_a_description_is_refused(field: FieldInfo) -> None:
    with pytest.raises(ValueError, match="KEVA_RETRIES has no description"):
        row("retries", field)
