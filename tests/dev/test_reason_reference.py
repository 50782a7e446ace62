"""docs/reasons.md is what the protos say of their reasons, and has all of them."""

import pytest

from dev import reason_reference
from dev.reason_reference import reasons, render, section
from keva.console.v1 import error_reason_pb2 as of_console
from keva.credentials.v1 import error_reason_pb2 as of_credentials
from keva.responder.v1 import error_reason_pb2 as of_responder
from keva.sms.v1 import error_reason_pb2 as of_sms
from keva.ticket.v1 import error_reason_pb2 as of_tickets

PROTO = """
enum ErrorReason {
  // Never sent.
  ERROR_REASON_UNSPECIFIED = 0;

  // NOT_FOUND, and the refusal of one text. No such thing, or
  // no longer | anywhere. Metadata: `thing_id`.
  ERROR_REASON_THING_NOT_FOUND = 1;
  // The refusal of one text.
  ERROR_REASON_TEXT_REFUSED = 22;
}
"""


def test_the_page_is_up_to_date() -> None:
    assert reason_reference.FILE.read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("module", [of_tickets, of_sms, of_credentials, of_responder, of_console])
def test_every_reason_is_on_the_page(module: object) -> None:
    names = [name.removeprefix("ERROR_REASON_") for name, number in module.ErrorReason.items() if number]  # type: ignore[attr-defined]
    package = module.DESCRIPTOR.package  # type: ignore[attr-defined]
    _, part = render().split(f"## `{package}`\n")
    part = part.partition("\n## ")[0]

    assert [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")] == sorted(names)


def test_a_reason_has_its_status_and_its_meaning() -> None:
    assert list(reasons(PROTO)) == [
        (
            "THING_NOT_FOUND",
            "NOT_FOUND, and the refusal of one text",
            "No such thing, or no longer \\| anywhere. Metadata: `thing_id`.",
        ),
        ("TEXT_REFUSED", "none", "The refusal of one text."),
    ]


def test_reasons_are_sorted_by_name() -> None:
    assert section("example", PROTO).splitlines()[:5] == [
        "## `keva.example.v1`",
        "",
        "| reason | status | what it is |",
        "|---|---|---|",
        "| `TEXT_REFUSED` | none | The refusal of one text. |",
    ]
