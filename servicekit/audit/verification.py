"""Verifies the audit trail's hash chains, and says what kind of change it was. Pure: the caller brings the records, in
the order of their chains, in pieces of any size. Standard library only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from servicekit.audit.chain import BROKEN, START, Claim, Head, Keys, Link, claims_of
from servicekit.audit.key_changes import KeyChange, Transition, key_change_of


class BreakKind(Enum):
    """What is wrong at the first broken place of a chain."""

    CHANGED = "CHANGED"  # a field of this record is not what was signed
    MISSING = "MISSING"  # the record of this place is gone
    INSERTED = "INSERTED"  # this record was put here by somebody without the key
    REORDERED = "REORDERED"  # another record belongs here
    TRUNCATED = "TRUNCATED"  # the chain went on from here
    DELETED = "DELETED"  # a chain that there was is gone as a whole
    WRONG_KEY = "WRONG_KEY"  # neither this record nor what follows was signed with the key, for this chain
    UNSIGNED = "UNSIGNED"  # the record has no MAC
    WRONG_HEAD = "WRONG_HEAD"  # the records are in order; the signed head does not fit, or is missing
    NOT_AS_ANCHORED = "NOT_AS_ANCHORED"  # an anchor has another MAC for this place: the chain was written again
    RETIRED_KEY = "RETIRED_KEY"  # from here on a key has signed that was replaced, and nothing vouches for it
    UNANCHORED = "UNANCHORED"  # from here on no anchor vouches for the chain, and one must
    FORGED_ANCHOR = "FORGED_ANCHOR"  # an anchor that was given is not signed with the key, or another organization's


@dataclass(frozen=True, slots=True)
class Break:
    """The first broken place of a chain. The ticket id is empty for the organization's own chain, the record id where
    there is no record."""

    kind: BreakKind
    ticket_id: str
    sequence: int
    audit_record_id: str = ""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where a ticket's chain ends, in order and as its head says: the newest record's place and MAC, the key that
    signed the head, and whether the ticket is marked for the next anchor (None: nobody says)."""

    ticket_id: str
    sequence: int
    mac: str
    key_id: str
    marked: bool | None


@dataclass(slots=True)
class Position:
    """How far a chain has been verified: the last good record's place, MAC and key, and whether it is broken."""

    ticket_id: str = ""
    sequence: int = 0
    mac: str = START
    broken: bool = False
    key_id: str = ""


class Verifier:
    """Verifies chain after chain, and collects the first break of each. From what is intact it also collects what else
    is to be compared: what anchors claim of tickets' chains, what tickets' records have seen of the organization's own
    (`sights`), where tickets' chains end, and where another key goes on with them. `changes` of keys are those that the
    organization's own chain says, by the new key's id; what it meets itself it adds."""

    def __init__(
        self,
        keys: Keys,
        organization_id: str,
        position: Position | None = None,
        changes: Mapping[str, KeyChange] | None = None,
    ) -> None:
        self.keys = keys
        self.changes = dict(changes or {})
        self._organization_id = organization_id
        self.position = position or Position()
        self.breaks: list[Break] = []
        self.claims: list[Claim] = []
        self.sights: list[Claim] = []
        self.ends: list[ChainEnd] = []
        self.transitions: list[Transition] = []
        self.verified = 0

    def go_on(self, ticket_id: str, links: Sequence[Link]) -> None:
        """The chain's next records, in the order of their places. A chain begins with its first call."""
        if ticket_id != self.position.ticket_id:
            self.position = Position(ticket_id)
        for index, link in enumerate(links):
            self.verified += 1
            if not self.position.broken:
                self._check(link, links, index)

    def end(self, ticket_id: str, head: Head | None, exists: bool = True, marked: bool | None = None) -> None:
        """The chain has no more records; this is its head. `exists`: whether there is what the head would lie on: the
        ticket; for its own chain, the organization."""
        if ticket_id != self.position.ticket_id:
            self.position = Position(ticket_id)
        place = self.position
        genuine = head is not None and head.is_of(self._organization_id, ticket_id, self.keys)
        fits = head is not None and (head.sequence, head.mac) == (place.sequence, place.mac)
        if place.broken:
            if genuine and fits:
                self._found_beyond_the_end()
        elif place.sequence == 0 and not exists:
            return
        elif genuine and head is not None and head.sequence > place.sequence:
            self._broken(BreakKind.TRUNCATED, place.sequence + 1)
        elif place.sequence == 0 and not ticket_id:
            self._broken(BreakKind.DELETED, 1)
        elif not (genuine and fits) or head is None:
            self._broken(BreakKind.WRONG_HEAD, place.sequence)
        elif ticket_id:
            self.ends.append(ChainEnd(ticket_id, place.sequence, place.mac, head.key_id, marked))
        elif self.keys.active_id not in ("", head.key_id):
            self._broken(BreakKind.RETIRED_KEY, place.sequence)

    def _found_beyond_the_end(self) -> None:
        """The signed head says that the chain ends before what is broken."""
        for index, found in enumerate(self.breaks):
            if found.ticket_id == self.position.ticket_id and found.audit_record_id:
                self.breaks[index] = replace(found, kind=BreakKind.INSERTED)

    def _check(self, link: Link, links: Sequence[Link], index: int) -> None:
        place = self.position
        expected = place.sequence + 1
        fits = link.sequence == expected and link.organization_id == self._organization_id
        if fits and link.follows(place.mac, self.keys):
            self._good(link, expected)
        elif fits and link.follows(BROKEN, self.keys):
            # The head was wrong when this was written, and whoever wrote it has kept that visible.
            self._broken(BreakKind.WRONG_HEAD, place.sequence)
        else:
            kind = _kind_of_break(links[index : index + _AHEAD], place, self.keys)
            missing = kind in (BreakKind.MISSING, BreakKind.TRUNCATED)
            self._broken(kind, expected, "" if missing else str(link.audit_record_id))

    def _good(self, link: Link, sequence: int) -> None:
        place = self.position
        before, now = self.changes.get(place.key_id), self.changes.get(link.key_id)
        if place.key_id != link.key_id and before and (now is None or now.sequence < before.sequence):
            self._broken(BreakKind.RETIRED_KEY, sequence, link.audit_record_id)
            return
        if place.ticket_id:
            if place.key_id not in ("", link.key_id) and now:
                step = Transition(place.ticket_id, place.sequence, place.mac, now, link.time_ms)
                self.transitions.append(step)
            sight = Claim.of("", link.organization_head)
            self.sights += [sight] if sight else []
        else:
            self.claims += claims_of(link)
            if change := key_change_of(link):
                self.changes.setdefault(link.key_id, change)
        place.sequence, place.mac, place.key_id = sequence, link.mac, link.key_id

    def _broken(self, kind: BreakKind, sequence: int, audit_record_id: str = "") -> None:
        self.position.broken = True
        self.breaks.append(Break(kind, self.position.ticket_id, sequence, audit_record_id))


# How many records are looked at to say what kind of break it is.
_AHEAD = 50


def _kind_of_break(rest: Sequence[Link], place: Position, keys: Keys) -> BreakKind:
    """Why the first of `rest` is not what follows `place`."""
    first, expected = rest[0], place.sequence + 1
    # Whatever its number says now: which record was signed as the next one?
    rightful = next((link for link in rest if link.follows(place.mac, keys, expected)), None)
    if rightful is first:
        return BreakKind.CHANGED
    if rightful is not None:
        return BreakKind.REORDERED if _is_signed_behind_any(first, rest, place, keys) else BreakKind.INSERTED
    return _kind_of_stranger(rest, place, keys)


def _kind_of_stranger(rest: Sequence[Link], place: Position, keys: Keys) -> BreakKind:
    """The same where no record that is there was signed behind `place`."""
    first, expected = rest[0], place.sequence + 1
    if not isinstance(first.sequence, int) or first.sequence < expected:
        return BreakKind.INSERTED
    if first.sequence > expected and _is_signed_on(rest, keys):
        return BreakKind.MISSING
    if not first.mac:
        return BreakKind.UNSIGNED
    if first.key_id not in keys.by_id:
        return BreakKind.WRONG_KEY
    return BreakKind.MISSING if first.sequence > expected else _changed_or_forged(rest, place, keys)


def _is_signed_on(rest: Sequence[Link], keys: Keys) -> bool:
    """Whether the records from the first one on are a piece of a chain that nobody touched."""
    return len(rest) < 2 or rest[1].follows(rest[0].mac, keys)


def _is_signed_behind_any(link: Link, rest: Sequence[Link], place: Position, keys: Keys) -> bool:
    """Whether it is a genuine record of this chain, from another place of it."""
    places = range(place.sequence + 1, place.sequence + len(rest) + 1)
    return any(link.follows(other.mac, keys, number) for other in rest for number in places if other is not link)


def _changed_or_forged(rest: Sequence[Link], place: Position, keys: Keys) -> BreakKind:
    first = rest[0]
    if len(rest) < 2:
        return BreakKind.CHANGED
    following = rest[1]
    # The record that was here was signed on by the next one, by its MAC as it is or as it would have to be.
    if following.follows(first.mac, keys) or following.follows(first.mac_after(place.mac, keys) or "", keys):
        return BreakKind.CHANGED
    # Numbers were moved up to close the gap.
    gaps = range(following.sequence + 1, following.sequence + 1 + _AHEAD)
    if any(following.follows(first.mac, keys, number) for number in gaps):
        return BreakKind.MISSING
    if not following.mac:
        return BreakKind.CHANGED
    return BreakKind.WRONG_KEY
