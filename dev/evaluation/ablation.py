"""What each list of the responder's data is worth: how the outcomes change when it is left out."""

from collections.abc import Mapping

from dev.evaluation.figures import Change
from dev.evaluation.grading import Counts
from dev.local_stack.layout import python_module

_COUNTS = ("answered", "right_reason", "kept_quiet", "wrong")


def change(file: str, name: str, usually: Mapping[str, Counts], now: Mapping[str, Counts] | None) -> Change:
    """What leaving out that list changes, by business. None: the responder does not start without it."""
    measure = f"{file} {name}"
    if now is None:
        return Change(measure, "it does not start")
    whole = _difference(list(usually.values()), list(now.values()))
    each = {business: _difference([usually[business]], [now[business]]) for business in usually}
    detail = "\n".join(f"{business}: {said}" for business, said in each.items() if said)
    return Change(measure, whole or "nothing changes", detail)


def _difference(usually: list[Counts], now: list[Counts]) -> str:
    said = []
    for name in _COUNTS:
        difference = sum(getattr(each, name) for each in now) - sum(getattr(each, name) for each in usually)
        if difference:
            said.append(f"{name.replace('right_reason', 'hand-offs right').replace('_', ' ')} {difference:+d}")
    return ", ".join(said)


def command(file: str, name: str) -> list[str]:
    """The command of a responder without that list."""
    return python_module("dev.evaluation.left_out", file, name)
