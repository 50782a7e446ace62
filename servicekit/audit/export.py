"""Verifies an export of the audit trail line by line, elsewhere, with the key. Standard library only; memory does not
grow with the records of tickets, only with their number: and by 16 bytes per record of the organization's own chain."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from servicekit.audit.chain import Anchor, Claim, Head, Keys, Link, claims_of
from servicekit.audit.claims import check_anchors, check_claims
from servicekit.audit.ends import check_end, is_covered
from servicekit.audit.export_lines import is_sealed
from servicekit.audit.key_changes import MOST_LATE, WINDOW_MS, Transition, is_late
from servicekit.audit.verification import Break, BreakKind, Verifier

_LINKS_AT_ONCE = 1000
# Of each MAC: what nobody can find a second one for.
_BYTES = 16


class ExportError(Exception):
    """This is not an export. The text says where."""


class ExportVerifier:
    """Takes the lines of an export in their order. Where the keys do not say which one is active, it is the one that
    signed the export, or, in one of an earlier version, the organization's head."""

    def __init__(self, keys: Keys, anchors: Sequence[Anchor] = ()) -> None:
        self._keys = keys
        self._anchors = anchors
        # Whether the organization's own chain is among them, which vouches for all others.
        self.is_whole = False
        self._verifier: Verifier | None = None
        self._organization_id = ""
        self._lines = 0
        self._links: list[Link] = []
        self._open: str | None = None
        self._claims: dict[str, Claim] = {}
        self._found: dict[tuple[str, int], str] = {}
        self._last: dict[str, int] = {}
        self._own = _OwnChain()
        self._breaks: list[Break] = []
        # What is older must be claimed by an anchor; 0: the export does not say.
        self._settled_before_ms = 0
        self._unclaimed: list[Link] = []
        self._now_ms = 0
        # The claims that were made in time before a key was replaced, by the new key.
        self._in_time: dict[str, dict[str, Claim]] = {}
        # How far the organization's own chain went, and was seen to go, when the last records were exported.
        self._last_own = 0
        self._last_seen = 0

    @property
    def verified(self) -> int:
        """How many records have been verified so far."""
        return self._verifier.verified if self._verifier else 0

    def take(self, line: str) -> None:
        """The next line. Raises ExportError."""
        self._lines += 1
        if not line.strip():
            return
        try:
            fields: dict[str, Any] = json.loads(line)
            if "record" in fields:
                self._take_link(_to_link(fields["record"]))
            elif "export" in fields:
                self._take_export(fields["export"])
            elif "end" in fields:
                self._take_closing_anchor(_to_anchor(fields["end"]))
            else:
                self._take_head(**fields["head"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ExportError(f"line {self._lines} is not a line of an export of the audit trail") from None

    def finish(self) -> list[Break]:
        """What is broken, once all lines have been taken: the first broken place of each chain first."""
        if self._verifier is None:
            raise ExportError("it is empty")
        self._end(None)
        breaks = self._verifier.breaks + check_claims(self._claims.values(), self._found, self._last)
        # A log has those of all organizations.
        mine = [anchor for anchor in self._anchors if anchor.organization_id == self._organization_id]
        found = {**self._found, **self._own.found([Claim("", a.sequence, a.mac) for a in mine])}
        breaks += check_anchors(mine, self._organization_id, self._keys, found, self._last)
        if self.is_whole and self._last_seen > max(self._last_own, self._own.count):
            self._breaks.append(Break(BreakKind.TRUNCATED, "", self._own.count + 1))
        return breaks + self._breaks

    def _take_export(self, fields: dict[str, Any]) -> None:
        """The first line: the active key has signed when this was."""
        if not is_sealed(fields, self._keys) or self._verifier is not None:
            self._breaks.append(Break(BreakKind.FORGED_ANCHOR, "", 0))
            return
        self._now_ms, self._settled_before_ms = int(fields["time_ms"]), int(fields["settled_before_ms"])
        if not self._keys.active_id:
            self._keys = replace(self._keys, active_id=fields["key_id"])
        self._begin(fields["organization_id"])

    def _take_closing_anchor(self, anchor: Anchor) -> None:
        if anchor.is_genuine(self._keys) and anchor.organization_id == self._organization_id:
            self._last_own = anchor.sequence

    def _begin(self, organization_id: str) -> Verifier:
        if self._verifier is None:
            self._organization_id = organization_id
            self._verifier = Verifier(self._keys, organization_id)
        return self._verifier

    def _take_link(self, link: Link) -> None:
        self._begin(link.organization_id)
        if self._open not in (None, link.ticket_id):
            self._end(None)
        self._open = link.ticket_id
        self._links.append(link)
        if len(self._links) == _LINKS_AT_ONCE:
            self._verify()

    def _take_head(
        self, organization_id: str, ticket_id: str, head: str, exists: bool, marked: bool | None = None
    ) -> None:
        verifier, known = self._begin(organization_id), Head.parse(head)
        if self._open not in (None, ticket_id):
            self._end(None)
        if not ticket_id and known and not self._keys.active_id and known.is_of(organization_id, "", self._keys):
            self._keys = verifier.keys = replace(self._keys, active_id=known.key_id)
        self._open = ticket_id
        self._end(known, exists, marked)

    def _verify(self) -> None:
        verifier, ticket_id = self._verifier, self._open
        if verifier is None or ticket_id is None:
            return
        verifier.go_on(ticket_id, self._links)
        self.is_whole |= not ticket_id and not verifier.position.broken and bool(self._links)
        for link in self._links:
            if ticket_id:
                self._note(link)
            elif link.sequence <= verifier.position.sequence:
                self._note_own(link, verifier)
            self._last[ticket_id] = link.sequence
        if self.is_whole:
            self._check_sights(verifier.sights)
            self._check_transitions(verifier.transitions)
        for compared in (verifier.sights, verifier.transitions, verifier.claims):
            compared.clear()
        self._links = []

    def _note(self, link: Link) -> None:
        """A record of a ticket: the one that an anchor claims, and the first ones behind it."""
        claim = self._claims.get(link.ticket_id)
        claimed = claim.sequence if claim else 0
        if link.sequence == claimed:
            self._found[link.ticket_id, link.sequence] = link.mac
        elif link.sequence > claimed and len(self._unclaimed) <= MOST_LATE:
            self._unclaimed.append(link)

    def _note_own(self, link: Link, verifier: Verifier) -> None:
        for change in verifier.changes.values():
            if change.key_id not in self._in_time and link.time_ms > change.time_ms + WINDOW_MS:
                self._in_time[change.key_id] = dict(self._claims)
        self._own.add(link)
        for claim in claims_of(link):
            known = self._claims.get(claim.ticket_id)
            if known is None or claim.sequence > known.sequence:
                self._claims[claim.ticket_id] = claim

    def _check_transitions(self, transitions: Sequence[Transition]) -> None:
        for step in transitions:
            claim = self._in_time.get(step.change.key_id, self._claims).get(step.ticket_id)
            if step.needs_claim() and not step.is_claimed(claim):
                place = claim.sequence + 1 if claim else 1
                self._breaks.append(Break(BreakKind.RETIRED_KEY, step.ticket_id, place))

    def _check_sights(self, sights: Sequence[Claim]) -> None:
        """What was written while the export went on may have seen more of the organization's own chain."""
        exported = [sight for sight in sights if sight.sequence <= self._own.count]
        self._last_seen = max([self._last_seen, *(sight.sequence for sight in sights)])
        self._breaks += check_claims(exported, self._own.found(exported), self._last)

    def _end(self, head: Head | None, exists: bool = True, marked: bool | None = None) -> None:
        if self._verifier is not None and self._open is not None:
            self._verify()
            self._verifier.end(self._open, head, exists, marked)
            self._check_ends(self._verifier)
        self._open = None
        self._unclaimed = []

    def _check_ends(self, verifier: Verifier) -> None:
        for end in verifier.ends if self.is_whole else ():
            claim = self._claims.get(end.ticket_id)
            if is_covered(end, claim) or not self._unclaimed:
                continue
            time = self._unclaimed[0].time_ms
            found = check_end(end, claim, self._keys.active_id, type(time) is int and time >= self._settled_before_ms)
            change = verifier.changes.get(self._keys.active_id)
            if found and not (end.marked and is_late(self._unclaimed, change, self._now_ms)):
                self._breaks.append(found)
        verifier.ends.clear()


class _OwnChain:
    """The MACs of an organization's own chain, each cut to its first bytes."""

    def __init__(self) -> None:
        self._macs = bytearray()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._macs) // _BYTES

    def add(self, link: Link) -> None:
        """The next one; what is not in its place is left out."""
        try:
            mac = bytes.fromhex(link.mac)[:_BYTES]
        except ValueError:
            return
        if link.sequence == self.count + 1 and len(mac) == _BYTES:
            self._macs += mac

    def found(self, claims: Iterable[Claim]) -> dict[tuple[str, int], str]:
        """The MACs at the claimed places: the claimed one itself where it begins like the one that is there."""
        places = {}
        for claim in claims:
            there = self._macs[(claim.sequence - 1) * _BYTES : claim.sequence * _BYTES].hex() if claim.sequence else ""
            if there:
                places["", claim.sequence] = claim.mac if claim.mac.startswith(there) else there
        return places


def _to_anchor(fields: dict[str, Any]) -> Anchor:
    """Raises ValueError."""
    anchor = Anchor.from_line(json.dumps(fields))
    if anchor is None:
        raise ValueError("no anchor")
    return anchor


def _to_link(fields: dict[str, Any]) -> Link:
    """Raises ValueError, TypeError."""
    link = Link(**fields)
    texts = (link.organization_id, link.ticket_id, link.key_id, link.mac, link.organization_head)
    if type(link.sequence) is not int or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field of another type")
    return link
