"""No cell is a formula."""

import pytest

from cli.terminal.spreadsheet import cell


@pytest.mark.parametrize(
    ("value", "written"),
    [
        *((harmless, harmless) for harmless in ("", "tkt_1", "agent:dana", "2026-01-31 12:00:00", "a=b", "12", "-3.5")),
        ("+15550001111", "+15550001111"),
        (12, "12"),
        ("=1+1", "'=1+1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "' =1"),
        ("a\n=1", "a =1"),
        ("\r=1", "' =1"),
    ],
)
def test_cell(value: str | int, written: str) -> None:
    assert cell(value) == written
