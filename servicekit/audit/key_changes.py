"""Where another key goes on with the audit trail, and what the one before may still have signed. Pure; standard library
only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servicekit.audit.chain import ANCHORING_ACTOR, Claim, Link

KEY_CHANGED = "audit.key_changed"
# For so long anchors may come that claim what the replaced key has signed. Anchoring stands still for two minutes at
# most.
WINDOW_MS = 5 * 60 * 1000
# A commit that was decided before the change may be this much behind it: MongoDB ends a transaction after a minute.
_LATE_MS = 60 * 1000
MOST_LATE = 20


@dataclass(frozen=True, slots=True)
class KeyChange:
    """From which place of the organization's own chain on another key signs, and since when, in milliseconds since
    1970."""

    key_id: str
    sequence: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class Transition:
    """Where another key goes on with a ticket's chain: the last place that the one before has signed, its MAC, and the
    time of the next record, in milliseconds since 1970."""

    ticket_id: str
    sequence: int
    mac: str
    change: KeyChange
    next_time_ms: int

    def needs_claim(self) -> bool:
        """Whether what the old key has signed must have been claimed before this: whoever has that key could add to it
        otherwise, until the new one goes on."""
        return self.next_time_ms > self.change.time_ms + WINDOW_MS

    def is_claimed(self, claim: Claim | None) -> bool:
        """Whether `claim` does that, the newest one that anchors have made in time."""
        if claim is None or claim.sequence < self.sequence:
            return False
        return claim.sequence > self.sequence or claim.mac == self.mac


def key_change_of(link: Link) -> KeyChange | None:
    """What a record `audit.key_changed` says of the key that signed it; None of any other record."""
    if (link.action, link.actor_kind, link.actor_id) != (KEY_CHANGED, "service", ANCHORING_ACTOR):
        return None
    told = link.details.get("key_id") if isinstance(link.details, Mapping) else None
    return KeyChange(link.key_id, link.sequence, link.time_ms) if told == link.key_id else None


def is_late(links: Sequence[Link], change: KeyChange | None, now_ms: int) -> bool:
    """Whether records that no anchor claims, at most MOST_LATE at a chain's end, were signed with a replaced key by a
    replica that could not know it yet: they have seen nothing that the new one has signed. Anchors follow soon."""
    if change is None or not 0 < len(links) <= MOST_LATE or now_ms > change.time_ms + WINDOW_MS:
        return False
    seen = Claim.of("", links[0].organization_head)
    if seen is None or seen.sequence >= change.sequence:
        return False
    return all(link.key_id != change.key_id and _is_by(link, change.time_ms + _LATE_MS) for link in links)


def _is_by(link: Link, time_ms: int) -> bool:
    return type(link.time_ms) is int and link.time_ms <= time_ms
