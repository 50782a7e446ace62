"""`keva customers import`: checks all lines first, sends those that count, and says what became of each."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from keva.ticket.v1 import customer_import_pb2 as pb
from keva.ticket.v1 import error_reason_pb2
from servicekit import errors


def _outcome(row: pb.CustomerRow, created: bool) -> pb.CustomerRowOutcome:
    if not row.address.startswith("+"):
        return pb.CustomerRowOutcome(
            result=pb.CUSTOMER_ROW_RESULT_FAILED,
            reason=error_reason_pb2.ERROR_REASON_PHONE_NUMBER_INVALID,
            message="the number is not a possible phone number",
        )
    return pb.CustomerRowOutcome(
        result=pb.CUSTOMER_ROW_RESULT_CREATED,
        customer_id=f"cus_{row.address}" if created else "",
        address=row.address,
        kept_fields=["email"] if row.email else [],
    )


@pytest.fixture(autouse=True)
def prepared(keva: Any) -> None:
    """A service that takes every number with a plus."""

    def answer(request: pb.ImportCustomersRequest) -> pb.ImportCustomersResponse:
        return pb.ImportCustomersResponse(outcomes=[_outcome(row, not request.validate_only) for row in request.rows])

    keva.ticket_service.answers["ImportCustomers"] = answer


def _file(folder: Path, lines: Iterable[str]) -> str:
    path = folder / "list.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


async def test_each_line_has_its_outcome_and_only_lines_that_count_are_written(keva: Any, tmp_path: Path) -> None:
    lines = [
        "Phone;Name;Shoe size;E-Mail",
        "+15551234567;Eve",
        "nobody",
        "",
        "+15551234568;Bob;;b@x",
        '"open',
        "+15551234567;Eva",
    ]

    result = await keva("customers", "import", _file(tmp_path, lines), "--region", "GB", "--overwrite")

    assert result.status == 1
    checked, written = keva.ticket_service.requests
    assert (checked.validate_only, [row.address for row in checked.rows]) == (
        True,
        ["+15551234567", "nobody", "+15551234568", "+15551234567"],
    )
    assert [(row.address, row.display_name) for row in written.rows] == [
        ("+15551234568", "Bob"),
        ("+15551234567", "Eva"),
    ]
    assert (written.validate_only, written.overwrite, written.region) == (False, True, "GB")
    assert "Shoe size" in result.error
    assert "2 of 5 lines were not imported" in result.error
    assert "replaced by line 7" in result.output
    assert "the number is not a possible phone number" in result.output
    assert "e-mail stays as a person has edited it" in result.output
    assert "1 replaced, 2 failed, 2 created." in result.output


async def test_dry_run_sends_nothing_that_is_written(keva: Any, tmp_path: Path) -> None:
    result = await keva("customers", "import", _file(tmp_path, ["number", "+15551234567"]), "--dry-run")

    assert result.status == 0
    assert [request.validate_only for request in keva.ticket_service.requests] == [True]
    assert "1 would be created. Nothing was changed." in result.output


async def test_json_has_a_line_per_line(keva: Any, tmp_path: Path) -> None:
    lines = ["number,name", "+15551234567,=1+1", "x,y", "+15551234567,b"]

    result = await keva("customers", "import", _file(tmp_path, lines), "--json")

    report = json.loads(result.output)
    assert report["dry_run"] is False
    assert [(line["line"], line["outcome"], line["reason"], line["replaced_by_line"]) for line in report["lines"]] == [
        (2, "replaced", "", 4),
        (3, "failed", "PHONE_NUMBER_INVALID", None),
        (4, "created", "", None),
    ]


async def test_long_list_goes_in_parts_and_its_end_counts(keva: Any, tmp_path: Path) -> None:
    numbers = [f"+1555123{place:04}" for place in range(450)]

    result = await keva("customers", "import", _file(tmp_path, ["number", *numbers, numbers[0]]))

    assert result.status == 0
    assert [len(request.rows) for request in keva.ticket_service.requests] == [200, 200, 51, 200, 200, 50]
    assert "replaced by line 452" in result.output
    assert "451 of 451" in result.error


async def test_list_that_stops_halfway_says_how_far_it_came(keva: Any, tmp_path: Path) -> None:
    take = keva.ticket_service.answers["ImportCustomers"]

    def answer(request: pb.ImportCustomersRequest) -> Any:
        if not request.validate_only and request.rows[0].address.endswith("200"):
            raise errors.Unavailable("STORE_UNAVAILABLE", "the database does not answer")
        return take(request)

    keva.ticket_service.answers["ImportCustomers"] = answer

    result = await keva("customers", "import", _file(tmp_path, ["number", *(f"+1555123{n:04}" for n in range(300))]))

    assert result.status == 5
    assert "Before line 202 all went well. Run it again" in result.error


async def test_file_in_another_encoding_asks_nobody(keva: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("number,name\n+15551234567,Zoë".encode("windows-1252"))

    refused = await keva("customers", "import", str(path))
    assert (refused.status, keva.ticket_service.requests) == (2, [])
    taken = await keva("customers", "import", str(path), "--encoding", "windows-1252")

    assert taken.status == 0
    assert keva.ticket_service.last().rows[0].display_name == "Zoë"
