"""Cells of a file that a spreadsheet opens: none may be taken for a formula, whoever has written what stands in it."""

import re

from cli.terminal import visible

# What begins so may be run when the file is opened (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = re.compile(r"\s*[=+\-@|%]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")


def cell(value: str | int) -> str:
    """The cell of a value: on one line, and with an apostrophe before what would be a formula. Numbers, also phone
    numbers, are left as they are."""
    text = visible.line(str(value))
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
