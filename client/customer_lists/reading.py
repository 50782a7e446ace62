"""The lines of a list: comma-, semicolon- or tab-separated, as spreadsheets of all countries write them. What is wrong
with a line is said of that line, and stops no other."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from client.customer_lists.columns import Columns, columns_of
from client.failure import unusable

SEPARATORS = ",;\t"
# How a spreadsheet says which separator it has used.
_SAYS_SEPARATOR = "sep="
# A cell may have several lines; a quote that nobody has closed would have all that are left.
_MOST_LINES = 50


@dataclass(frozen=True)
class Line:
    """What stands in the line `number` of the file, from 1: values by field of CustomerRow, or what is wrong."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""


@dataclass(frozen=True)
class CustomerList:
    """The lines that are not empty, without the header, and the columns."""

    columns: Columns
    lines: Sequence[Line]


def read_list(text: str) -> CustomerList:
    """Raises Failure where no line can be read: there is no header, or nothing behind it."""
    physical = list(io.StringIO(text, newline=""))
    separator, first = _separator(physical)
    rows = _rows(physical, separator, first)
    header = next(rows, None)
    if header is None:
        raise unusable("The file is empty.")
    if isinstance(header[1], str):
        raise unusable(f"The header in line {header[0]} cannot be read: {header[1]}")
    columns = columns_of(header[1])
    lines = [_line(number, row, columns) for number, row in rows]
    if not lines:
        raise unusable("The file has a header, but no customers.")
    return CustomerList(columns, lines)


def _separator(physical: Sequence[str]) -> tuple[str, int]:
    """By the header, and where that is: what stands there most often, outside of quotes."""
    for place, line in enumerate(physical):
        if not line.strip():
            continue
        said = line.strip("\r\n")
        if said.lower().startswith(_SAYS_SEPARATOR) and said[len(_SAYS_SEPARATOR) :] in tuple(SEPARATORS):
            return said[len(_SAYS_SEPARATOR) :], place + 1
        unquoted = "".join(line.split('"')[::2])
        return max(SEPARATORS, key=unquoted.count), place
    return SEPARATORS[0], 0


def _rows(physical: Sequence[str], separator: str, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """The number of each line that is not empty, and its cells, or what is wrong. A cell that looks like a formula is
    a text as any other."""
    place = first
    while place < len(physical):
        reader = csv.reader(islice(physical, place, place + _MOST_LINES), delimiter=separator, strict=True)
        try:
            cells: list[str] | str = next(reader)
        except (csv.Error, StopIteration):
            cells = 'A quote is not closed, or stands within a cell: write "" for a quote inside of quotes.'
        # Whatever is wrong with this line, the next one is read as it stands.
        read = 1 if isinstance(cells, str) else reader.line_num
        if isinstance(cells, str) or any(cell.strip() for cell in cells):
            yield place + 1, cells
        place += read


def _line(number: int, row: list[str] | str, columns: Columns) -> Line:
    if isinstance(row, str):
        return Line(number, wrong=row)
    too_many = row[columns.width :]
    if any(cell.strip() for cell in too_many):
        return Line(
            number,
            wrong=f"It has {len(row)} cells, and the header has {columns.width}: put quotes around a cell that has the "
            "separator in it.",
        )
    return Line(number, columns.values(row))
