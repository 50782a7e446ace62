"""What a replica knows of the audit trail whatever the database says now."""

from collections.abc import Collection
from dataclasses import replace

from servicekit.audit.chain import Head, Keys


class Trail:
    """The keys, of which another one may become active while the replica runs, and the newest heads of organizations'
    own chains that it has seen on a majority's journals: what is behind them was cut off if it is missing later."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._others = keys.by_id.keys() - {keys.active_id}
        # Keys that the active one has replaced, and since when.
        self.retired: frozenset[str] = frozenset()
        # Whether what those have signed is not claimed under the active key yet.
        self.taking_over = False
        self._last: dict[str, tuple[object, Head]] = {}
        self._newest: dict[str, Head] = {}

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
        """Whether it is the head of that organization's own chain: what a replaced key has signed is none."""
        return head.is_of(organization_id, "", self.keys) and (self.taking_over or not self.is_replaced(head))

    def newest(self, organization_id: str) -> Head | None:
        """The newest that it has seen."""
        return self._newest.get(organization_id)
