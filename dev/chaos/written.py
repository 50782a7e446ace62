"""What agents have written in a run, as they were told."""

from dataclasses import dataclass, field


@dataclass
class Written:
    """`accepted` has the text of each reply that is stored, by its message id; `cancelled` those of them that never
    leave; `seen` the position of the last message that the writer of a reply had seen; `scheduled` the position of each
    message that leaves later, as it was when it was scheduled: whoever has seen that one knew of it. `newer`: how often
    a reply was refused since there was something newer."""

    accepted: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)
    scheduled: dict[str, int] = field(default_factory=dict)
    newer: int = 0
