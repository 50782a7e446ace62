"""What became of each line of a list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cli.terminal import output
from client.customer_lists.reading import Line
from client.words.enums import enum_name
from keva.ticket.v1 import customer_import_pb2 as pb
from keva.ticket.v1 import error_reason_pb2

_FIELDS = {"display_name": "name", "email": "e-mail", "consents": "consent"}
_WOULD = {"created": "would be created", "updated": "would be updated"}


class Report:
    """One outcome per line; `replaced_by` in it is the number of a line."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = {line.number: line for line in lines}
        self.outcomes = {line.number: _unreadable(line) for line in lines if line.wrong}

    def learn(self, lines: Sequence[Line], outcomes: Iterable[pb.CustomerRowOutcome]) -> None:
        """What a service answered to these lines."""
        for line, outcome in zip(lines, outcomes, strict=True):
            if outcome.result == pb.CUSTOMER_ROW_RESULT_REPLACED:
                outcome.replaced_by = lines[outcome.replaced_by].number
            self.outcomes[line.number] = outcome

    def replace_earlier(self) -> None:
        """Of lines with the same number the last one counts, however far apart they are."""
        ready = [(number, outcome) for number, outcome in self._in_order() if not _failed(outcome)]
        last = {outcome.address: number for number, outcome in ready}
        for number, outcome in ready:
            if (by := last[outcome.address]) != number:
                self.outcomes[number] = pb.CustomerRowOutcome(
                    result=pb.CUSTOMER_ROW_RESULT_REPLACED, address=outcome.address, replaced_by=by
                )

    def to_write(self) -> list[Line]:
        """The lines that count."""
        return [
            self._lines[number]
            for number, outcome in self._in_order()
            if not _failed(outcome) and outcome.result != pb.CUSTOMER_ROW_RESULT_REPLACED
        ]

    def count_failed(self) -> int:
        """How many lines nothing was done with."""
        return sum(map(_failed, self.outcomes.values()))

    def rows(self, dry_run: bool) -> list[Sequence[output.Cell]]:
        """A row per line: what became of it, and what to do."""
        return [
            (str(number), outcome.address or "-", _result(outcome, dry_run), _advice(outcome))
            for number, outcome in self._in_order()
        ]

    def plain(self) -> list[dict[str, Any]]:
        """The same for programs."""
        return [_plain(number, outcome) for number, outcome in self._in_order()]

    def counts(self, dry_run: bool) -> str:
        """`3 created, 1 failed`."""
        found = Counter(_kind(outcome) for _, outcome in self._in_order())
        return ", ".join(f"{count} {_WOULD.get(kind, kind) if dry_run else kind}" for kind, count in found.items())

    def _in_order(self) -> list[tuple[int, pb.CustomerRowOutcome]]:
        return sorted(self.outcomes.items(), key=lambda one: one[0])


def show_report(report: Report, as_json: bool, dry_run: bool) -> None:
    """A line per line of the file, then how many there are of each kind."""
    if as_json:
        return output.emit_json({"dry_run": dry_run, "lines": report.plain()})
    output.show_table(("Line", "Number", "Outcome", "What to do"), report.rows(dry_run), "")
    return output.say(f"{report.counts(dry_run)}.{' Nothing was changed.' if dry_run else ''}")


def _plain(number: int, outcome: pb.CustomerRowOutcome) -> dict[str, Any]:
    known = outcome.reason in error_reason_pb2.ErrorReason.values() and outcome.reason
    return {
        "line": number,
        "outcome": _kind(outcome),
        "number": outcome.address,
        "customer_id": outcome.customer_id,
        "changed_fields": list(outcome.changed_fields),
        "kept_fields": list(outcome.kept_fields),
        "replaced_by_line": outcome.replaced_by or None,
        "reason": error_reason_pb2.ErrorReason.Name(outcome.reason).removeprefix("ERROR_REASON_") if known else "",
        "message": outcome.message,
    }


def _failed(outcome: pb.CustomerRowOutcome) -> bool:
    return outcome.result == pb.CUSTOMER_ROW_RESULT_FAILED


def _kind(outcome: pb.CustomerRowOutcome) -> str:
    return enum_name(pb.CustomerRowResult, outcome.result).lower()


def _result(outcome: pb.CustomerRowOutcome, dry_run: bool) -> str:
    if outcome.result == pb.CUSTOMER_ROW_RESULT_REPLACED:
        return f"replaced by line {outcome.replaced_by}"
    kind = _kind(outcome)
    said = _WOULD.get(kind, kind) if dry_run else kind
    fields = ", ".join(_FIELDS.get(name, name) for name in outcome.changed_fields)
    return f"{said}: {fields}" if fields and outcome.result == pb.CUSTOMER_ROW_RESULT_UPDATED else said


def _advice(outcome: pb.CustomerRowOutcome) -> str:
    if outcome.message:
        return outcome.message
    kept = [_FIELDS.get(name, name) for name in outcome.kept_fields if name != "consents"]
    said = [f"{', '.join(kept)} stays as a person has edited it; --overwrite takes the list's"] if kept else []
    if "consents" in outcome.kept_fields:
        said.append("no consent was noted: keva customers show says what stands against it")
    return "; ".join(said)


def _unreadable(line: Line) -> pb.CustomerRowOutcome:
    return pb.CustomerRowOutcome(
        result=pb.CUSTOMER_ROW_RESULT_FAILED, reason=error_reason_pb2.ERROR_REASON_FIELD_INVALID, message=line.wrong
    )
