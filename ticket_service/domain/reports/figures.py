"""What is counted of a day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

Counts = Counter[str]


class Count(Enum):
    """What is counted once each time it happens; report_service.proto says what each means."""

    TEXTS_IN = "texts_in"
    TEXTS_OUT = "texts_out"
    TICKETS_CREATED = "tickets_created"
    TICKETS_RESOLVED = "tickets_resolved"
    TICKETS_REOPENED = "tickets_reopened"
    TICKETS_CLOSED = "tickets_closed"
    AI_ANSWERS = "ai_answers"
    OPT_OUTS = "opt_outs"


class Dimension(Enum):
    """By what a day is counted, each for itself: what a channel and an agent have done does not add up."""

    CHANNEL = "channel"
    AGENT = "agent"


@dataclass
class Figures:
    """What happened. `hand_offs` by reason, `failures` by Twilio's error code (0: none is known), `first_answers` and
    `resolutions` are buckets of durations."""

    counts: Counts = field(default_factory=Counter)
    hand_offs: Counts = field(default_factory=Counter)
    failures: Counter[int] = field(default_factory=Counter)
    first_answers: Counter[int] = field(default_factory=Counter)
    resolutions: Counter[int] = field(default_factory=Counter)

    def add(self, more: "Figures") -> None:
        """Adds what happened elsewhere, or at another time."""
        self.counts.update(more.counts)
        self.hand_offs.update(more.hand_offs)
        self.failures.update(more.failures)
        self.first_answers.update(more.first_answers)
        self.resolutions.update(more.resolutions)


def together(all_figures: Iterable[Figures]) -> Figures:
    """All of them as one."""
    total = Figures()
    for figures in all_figures:
        total.add(figures)
    return total


@dataclass(frozen=True)
class DayKey:
    """One day of one channel or agent of a workspace. `key` is a channel's id, empty for what belongs to none, or an
    actor such as agent:anna."""

    workspace_id: str
    day: str
    dimension: Dimension
    key: str


@dataclass(frozen=True)
class DayFigures:
    """What happened on that day."""

    key: DayKey
    figures: Figures
