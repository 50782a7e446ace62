"""The table's rows on conversations: how many were answered, handed off, kept quiet, and what went wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dev.evaluation.figures import Row, Share, interval_text
from dev.evaluation.grading import Counts, Grade


@dataclass(frozen=True)
class Lines:
    """What the shares must be at least, and that of wrong ones at most; None: they are only told."""

    answered: float | None = None
    handed_off: float | None = None
    found: float | None = None
    wrong: float | None = 0.0


# By business.
Groups = Mapping[str, Sequence[Grade]]


def rows(part: str, groups: Groups, lines: Lines) -> list[Row]:
    """The rows of all groups together, with each group's own figures as their detail."""
    counts = {name: Counts.of(grades) for name, grades in groups.items()}
    all_grades = [grade for grades in groups.values() for grade in grades]
    whole = Counts.of(all_grades)

    def each(pick: str, total: str) -> str:
        return by_group({name: (getattr(c, pick), getattr(c, total)) for name, c in counts.items()})

    def share(measure: str, pick: str, total: str, line: float | None, detail: str = "") -> Share:
        details = "\n".join(filter(None, (detail, each(pick, total))))
        return Share(part, measure, getattr(whole, pick), getattr(whole, total), line, detail=details)

    others = whole.handed_off - whole.right_reason
    sent_for = f"{others} more for another reason" if others else ""
    wrong = Share(
        part,
        "wrong, of all",
        whole.wrong,
        whole.cases,
        lines.wrong,
        "at most",
        "\n".join(filter(None, (what_went_wrong(whole, all_grades), each("wrong", "cases")))),
    )
    return [
        share("answered rightly, of those to be", "answered", "to_answer", lines.answered),
        share("handed off rightly, of those to be", "right_reason", "to_hand_off", lines.handed_off, sent_for),
        wrong,
        share("kept quiet, of those to be", "kept_quiet", "to_keep_quiet", None),
        share("right section among the first three", "found", "to_answer", lines.found),
    ]


def trap_rows(part: str, groups: Groups, line: float) -> list[Row]:
    """Of questions that are made of the articles' own words: how many of them got a wrong answer."""
    grades = [grade for grades in groups.values() for grade in grades]
    whole = Counts.of(grades)
    of_all = by_group({name: (Counts.of(group).wrong, len(group)) for name, group in groups.items()})
    return [
        Share(part, "wrong, of all", whole.wrong, whole.cases, line, "at most", of_all),
        Share(part, "wrong, of the answered", whole.wrong_answers, whole.given_answers),
        Share(part, "answered, of the few that can be", whole.answered, whole.to_answer),
    ]


def by_group(parts: Mapping[str, tuple[int, int]]) -> str:
    """The share of each group on a line; nothing when there is only one."""
    if len(parts) < 2:
        return ""
    said = ((name, *part, interval_text(*part)) for name, part in parts.items())
    return "\n".join(f"{name} {count} of {total}: {interval} %" for name, count, total, interval in said if total)


def what_went_wrong(whole: Counts, grades: Sequence[Grade]) -> str:
    """How often what, without a case of it; empty when nothing did."""
    found = {"wrong answer": whole.wrong_answers, "left in silence": whole.silences}
    found |= Counter(_rule(rule) for grade in grades for rule in grade.broken_rules)
    return ", ".join(f"{count} {name}" for name, count in found.items() if count)


def _rule(name: str) -> str:
    """A broken rule without the pattern that a case names."""
    return "says what it must not" if name.startswith("mentions ") else f"rule broken: {name}"
