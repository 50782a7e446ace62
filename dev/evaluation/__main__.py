"""`make eval`: examines the AI, and says how it did. Exit status 1 when a goal is missed."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dev.evaluation.cases import Case, CaseError, load
from dev.evaluation.grading import Figures, Grade
from dev.evaluation.runner import CASES, examine, running_responder

_MODEL_SETTINGS = ("KEVA_AI_BASE_URL", "KEVA_AI_MODEL", "KEVA_AI_API_KEY", "KEVA_AI_API_KEY_FILE",
                   "KEVA_AI_RESPONSE_FORMAT", "KEVA_AI_TIMEOUT_SECONDS", "KEVA_AI_MAX_OUTPUT_TOKENS")  # fmt: skip
# Wide enough for the table where nobody looks, as in a log.
_console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def main() -> None:
    """The command."""
    arguments = _arguments()
    try:
        cases = _chosen(load(arguments.cases), arguments)
    except CaseError as error:
        sys.exit(str(error))
    sys.exit(asyncio.run(_run(cases, arguments)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.evaluation", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES, help="folder of the conversations")
    parser.add_argument("--only", metavar="ID", help="this conversation alone")
    parser.add_argument("--kind", help="those of one kind, such as injection")
    parser.add_argument("--set", choices=["tuning", "held_out"], help="those of one set")
    parser.add_argument("--verbose", action="store_true", help="show every conversation, not only the misses")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    return parser.parse_args()


def _chosen(cases: Sequence[Case], arguments: argparse.Namespace) -> list[Case]:
    chosen = [
        case
        for case in cases
        if arguments.only in (None, case.id)
        and arguments.kind in (None, case.kind)
        and arguments.set in (None, case.set)
    ]
    if not chosen:
        raise CaseError("no conversation is like that")
    return chosen


async def _run(cases: Sequence[Case], arguments: argparse.Namespace) -> int:
    modes: dict[str, dict[str, str]] = {"knowledge base": {}}
    if os.environ.get("KEVA_AI_BASE_URL"):
        given = {name: os.environ[name] for name in _MODEL_SETTINGS if os.environ.get(name)}
        modes[f"model {given.get('KEVA_AI_MODEL', '')}"] = given
    report, missed = {}, []
    for mode, settings in modes.items():
        grades = await _examine(mode, cases, settings)
        _print_mode(mode, grades, arguments.verbose)
        figures = Figures.of(grades)
        missed += [f"{mode}: {goal}" for goal in figures.missed_goals()]
        report[mode] = _report(grades)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")
    for goal in missed:
        _console.print(f"Missed: {goal}", style="red")
    return 1 if missed else 0


async def _examine(mode: str, cases: Sequence[Case], settings: Mapping[str, str]) -> list[Grade]:
    with Progress(console=_console, transient=True) as progress:
        task = progress.add_task(f"{mode}: {len(cases)} conversations", total=len(cases))
        async with running_responder(lambda _, __: None, settings) as stub:
            return await examine(stub, cases, lambda: progress.advance(task))


def _print_mode(mode: str, grades: Sequence[Grade], verbose: bool) -> None:
    table = Table("conversations", "number", "answered", "handed off", "right reason", "wrong answers", "rule breaks",
                  title=f"Mode: {mode}", title_justify="left")  # fmt: skip
    for name, group in [*_groups(grades).items(), ("all", list(grades))]:
        figures = Figures.of(group)
        table.add_row(
            name,
            str(figures.cases),
            _of(figures.answered, figures.to_answer),
            _of(figures.handed_off, figures.to_hand_off),
            _of(figures.right_reason, figures.to_hand_off),
            str(figures.wrong_answers),
            str(figures.rule_breaks),
        )
    _console.print(table)
    for grade in grades:
        if verbose or not grade.is_right:
            broken = f"; broke: {', '.join(grade.broken_rules)}" if grade.broken_rules else ""
            _console.print(f"{grade.case.id} ({grade.case.set}): {grade.verdict}{broken}", style="bold", markup=False)
            _console.print(f"    expected {grade.expected}\n    came     {grade.came}", markup=False)


def _groups(grades: Sequence[Grade]) -> dict[str, list[Grade]]:
    groups: dict[str, list[Grade]] = {}
    for name in ("kind", "set"):
        for grade in grades:
            groups.setdefault(getattr(grade.case, name), []).append(grade)
    return groups


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "-"


def _report(grades: Sequence[Grade]) -> dict[str, Any]:
    return {name: asdict(Figures.of(group)) for name, group in {**_groups(grades), "all": list(grades)}.items()}


if __name__ == "__main__":
    main()
