"""Verifies an export of the audit trail line by line, elsewhere, with the key. Standard library only; memory does not
grow with the records, only with the tickets."""

import json
from collections.abc import Sequence
from typing import Any

from servicekit.audit.chain import Anchor, Claim, Head, Keys, Link
from servicekit.audit.verification import Break, Verifier, check_anchors, check_claims, newest_claims

_LINKS_AT_ONCE = 1000


class ExportError(Exception):
    """This is no export. The text says where."""


class ExportVerifier:
    """Takes the lines of an export in their order."""

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
        self._anchored = {anchor.sequence for anchor in anchors}
        self._claims: dict[str, Claim] = {}
        self._found: dict[tuple[str, int], str] = {}
        self._last: dict[str, int] = {}

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
            else:
                self._take_head(**fields["head"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ExportError(f"line {self._lines} is none of an export of the audit trail") from None

    def finish(self) -> list[Break]:
        """What is broken, once all lines have been taken: the first broken place of each chain first."""
        if self._verifier is None:
            raise ExportError("it is empty")
        self._end(None)
        breaks = self._verifier.breaks + check_claims(self._claims.values(), self._found, self._last)
        # A log has those of all organizations.
        mine = [anchor for anchor in self._anchors if anchor.organization_id == self._organization_id]
        return breaks + check_anchors(mine, self._organization_id, self._keys, self._found, self._last)

    def _take_link(self, link: Link) -> None:
        if self._verifier is None:
            self._organization_id = link.organization_id
            self._verifier = Verifier(self._keys, link.organization_id)
        if self._open not in (None, link.ticket_id):
            self._end(None)
        self._open = link.ticket_id
        self._links.append(link)
        if len(self._links) == _LINKS_AT_ONCE:
            self._verify()

    def _take_head(self, organization_id: str, ticket_id: str, head: str, exists: bool) -> None:
        if self._verifier is None:
            self._organization_id = organization_id
            self._verifier = Verifier(self._keys, organization_id)
        if self._open not in (None, ticket_id):
            self._end(None)
        self._open = ticket_id
        self._end(Head.parse(head), exists)

    def _verify(self) -> None:
        if self._verifier is None or self._open is None:
            return
        self._verifier.go_on(self._open, self._links)
        self.is_whole |= not self._open and not self._verifier.position.broken and bool(self._links)
        for link in self._links:
            claim = self._claims.get(link.ticket_id)
            if (claim and claim.sequence == link.sequence) or (not link.ticket_id and link.sequence in self._anchored):
                self._found[link.ticket_id, link.sequence] = link.mac
            self._last[link.ticket_id] = link.sequence
        if self._verifier.claims:
            self._claims = newest_claims([*self._claims.values(), *self._verifier.claims])
            self._verifier.claims.clear()
        self._links = []

    def _end(self, head: Head | None, exists: bool = True) -> None:
        if self._verifier is not None and self._open is not None:
            self._verify()
            self._verifier.end(self._open, head, exists)
        self._open = None


def _to_link(fields: dict[str, Any]) -> Link:
    """Raises ValueError, TypeError."""
    link = Link(**fields)
    texts = (link.organization_id, link.ticket_id, link.key_id, link.mac)
    if type(link.sequence) is not int or not all(isinstance(text, str) for text in texts):
        raise ValueError("a field of another type")
    return link
