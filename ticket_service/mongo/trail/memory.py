"""What a replica knows of the audit trail whatever the database says now."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from threading import Lock

from servicekit.audit.chain import Claim, Head, Keys
from ticket_service.domain.audit import NO_TICKET, AuditRecord, ChainScope

# Of so many tickets it remembers the newest record: what happens in some seconds, until it is anchored.
_MOST_TICKETS = 1000


class Trail:
    """The keys, of which another one may become active while the replica runs; the newest heads of organizations' own
    chains that it has seen on a majority's journals, and the newest records that it has written to tickets: if one of
    those is missing later, somebody has removed it."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._others = keys.by_id.keys() - {keys.active_id}
        # Keys that the active one has replaced.
        self.retired: frozenset[str] = frozenset()
        # Whether what those have signed is not claimed under the active key yet.
        self.taking_over = False
        self._last: dict[str, tuple[object, Head]] = {}
        self._newest: dict[str, Head] = {}
        self._written: dict[str, AuditRecord] = {}
        # Commits have a thread of their own.
        self._lock = Lock()

    def activate(self, key_id: str, retired: Collection[str], taking_over: bool) -> None:
        """From now on this key signs."""
        self.keys = replace(self.keys, active_id=key_id)
        self.retired, self.taking_over = frozenset(retired), taking_over
        self._last.clear()
        self._others = self.keys.by_id.keys() - {key_id, *retired}

    def may_be_newer(self, head: object) -> bool:
        """Whether a head was signed with a key that may have taken the active one's place, or with one whose place is
        still being taken: the database says what has become of that."""
        known = Head.parse(head) if self._others or self.taking_over else None
        return known is not None and (known.key_id in self._others or (self.taking_over and self.is_replaced(known)))

    def is_replaced(self, head: Head) -> bool:
        """Whether it was signed with a key that the active one has replaced."""
        return head.key_id in self.retired

    def see(self, organization_id: str, head: object) -> Head | None:
        """The head of that organization's own chain as a majority has it; None when it is not genuine."""
        text, seen = self._last.get(organization_id, (None, None))
        if seen is not None and text == head:
            return seen
        known = Head.parse(head)
        if known is None or not self.is_genuine(organization_id, known):
            return None
        self._last[organization_id] = (head, known)
        newest = self._newest.get(organization_id)
        if newest is None or known.sequence > newest.sequence:
            self._newest[organization_id] = known
        return known

    def is_genuine(self, organization_id: str, head: Head) -> bool:
        """Whether it is the head of that organization's own chain: what a replaced key has signed does not count."""
        return head.is_of(organization_id, "", self.keys) and (self.taking_over or not self.is_replaced(head))

    def newest(self, organization_id: str) -> Head | None:
        """The newest that it has seen."""
        return self._newest.get(organization_id)

    def wrote(self, records: Iterable[AuditRecord]) -> None:
        """Remembers what it has committed itself to tickets."""
        with self._lock:
            for record in records:
                self._written.pop(record.ticket_id, None)
                if record.ticket_id != NO_TICKET:
                    self._written[record.ticket_id] = record
            for ticket_id in list(self._written)[:-_MOST_TICKETS]:
                del self._written[ticket_id]

    def claims(self, scope: ChainScope) -> list[Claim]:
        """What it knows of these chains, and of the organization's own."""
        with self._lock:
            written = list(self._written.values())
        mine = [
            Claim(record.ticket_id, record.sequence, record.mac)
            for record in written
            if record.organization_id == scope.organization_id
            and scope.workspace_id in ("", record.workspace_id)
            and scope.ticket_id in ("", record.ticket_id)
        ]
        newest = self.newest(scope.organization_id)
        return [*mine, *([Claim(NO_TICKET, newest.sequence, newest.mac)] if newest else [])]
