"""Use cases: compare what a part of the audit trail says with the rest of it: anchors with the chains that they claim,
what tickets' records have seen with the organization's own chain, the ends of tickets' chains with their anchors."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from servicekit.audit.chain import Anchor, ChainPiece, Claim, Keys, to_millis
from servicekit.audit.claims import check_anchors, check_claims, newest_claims
from servicekit.audit.ends import check_end, first_unclaimed, uncovered
from servicekit.audit.key_changes import WINDOW_MS, Transition, is_late
from servicekit.audit.verification import Break, BreakKind, ChainEnd, Verifier
from servicekit.clock import Clock
from ticket_service.domain.audit import ChainScope
from ticket_service.ports.audit import AuditStore
from ticket_service.ports.claims import ClaimStore

# Anchoring may stand still for as long as the lease of a replica that died, twice in a row; and it takes its turns.
_STANDSTILL, _INTERVALS = timedelta(minutes=2), 6


class AuditComparing:
    """For the chains of all organizations."""

    def __init__(self, store: AuditStore, claims: ClaimStore, clock: Clock, anchor_seconds: float) -> None:
        self._store = store
        self._claims = claims
        self._clock = clock
        self._start = clock()
        self._patience = _STANDSTILL + timedelta(seconds=_INTERVALS * anchor_seconds)

    def settled_before_ms(self) -> int:
        """What is older than this, in milliseconds since 1970, must be claimed by an anchor. 0 while this replica is so
        young that nobody may have been there to anchor anything before it."""
        settled = self._clock() - self._patience
        return to_millis(settled) if settled >= self._start else 0

    def is_young(self, piece: ChainPiece, start_ms: int) -> bool:
        """Whether the end of a chain may have been anchored only after `start_ms`."""
        patience = self._patience // timedelta(milliseconds=1)
        return not piece.links or type(time := piece.links[-1].time_ms) is not int or time >= start_ms - patience

    async def compare(self, scope: ChainScope, verifier: Verifier, is_first: bool) -> list[Break]:
        """What is found to be broken by what the `verifier` has met in this part, one break per chain at most."""
        if is_first and (scope.workspace_id or scope.ticket_id):
            # Nothing else would show that an anchor is hidden from those who look for it by a ticket.
            await self._claims.index_anchors(scope.organization_id)
        claims = [*newest_claims(verifier.claims).values(), *dict.fromkeys(verifier.sights)]
        breaks = await self._check(scope, claims)
        breaks += await self._check_known(scope) if is_first else []
        breaks += await self._check_transitions(scope, verifier.transitions)
        breaks += await self._check_ends(scope, verifier) if verifier.ends else []
        broken = {found.ticket_id for found in verifier.breaks}
        by_chain = {found.ticket_id: found for found in reversed(breaks) if found.ticket_id not in broken}
        return list(by_chain.values())[::-1]

    async def compare_anchors(self, scope: ChainScope, anchors: Sequence[Anchor], keys: Keys) -> list[Break]:
        """The same by anchors that were kept elsewhere."""
        claims = [Claim("", anchor.sequence, anchor.mac) for anchor in anchors]
        found, last = await self._store.find_macs(scope.organization_id, claims)
        return check_anchors(anchors, scope.organization_id, keys, found, last)

    async def find_deleted(self, scope: ChainScope) -> list[Break]:
        """The break of a ticket of which nothing is left but what anchors say, or this replica knows; empty when there
        was none."""
        claims = await self._claims.find_claims(scope.organization_id, [scope.ticket_id], verified=False)
        breaks = await self._check(scope, [*claims.values(), *self._claims.known(scope)])
        return [found for found in breaks if found.kind is BreakKind.DELETED and found.ticket_id]

    async def _check_known(self, scope: ChainScope) -> list[Break]:
        """By what this replica knows itself. Of a ticket that is whether it is there, as far as it went: whether it was
        signed again is for the anchors to say."""
        breaks = await self._check(scope, self._claims.known(scope))
        return [found for found in breaks if not found.ticket_id or found.kind is not BreakKind.NOT_AS_ANCHORED]

    async def _check(self, scope: ChainScope, claims: Sequence[Claim]) -> list[Break]:
        found, last = await self._store.find_macs(scope.organization_id, claims)
        return check_claims(claims, found, last)

    async def _check_ends(self, scope: ChainScope, verifier: Verifier) -> list[Break]:
        claims = await self._claims_of(scope, verifier.ends)
        open_ends = uncovered(verifier.ends, claims)
        doubtful = await self._doubtful(scope, open_ends, claims, verifier)
        if doubtful and await self._claims.index_anchors(scope.organization_id):
            claims |= await self._claims_of(scope, [end for end, _ in doubtful])
            open_ends = uncovered(open_ends, claims)
            doubtful = await self._doubtful(scope, open_ends, claims, verifier)
        breaks = await self._check(scope, [claims[end.ticket_id] for end in open_ends if end.ticket_id in claims])
        return breaks + [found for _, found in doubtful if found.ticket_id not in {b.ticket_id for b in breaks}]

    async def _claims_of(self, scope: ChainScope, ends: Sequence[ChainEnd]) -> dict[str, Claim]:
        is_whole = not scope.workspace_id and not scope.ticket_id
        return await self._claims.find_claims(scope.organization_id, [end.ticket_id for end in ends], is_whole)

    async def _doubtful(
        self, scope: ChainScope, ends: Sequence[ChainEnd], claims: Mapping[str, Claim], verifier: Verifier
    ) -> list[tuple[ChainEnd, Break]]:
        """Those that are neither claimed as they end nor just late, and what is wrong with them."""
        # A chain that has grown since it was read is claimed further on.
        behind = {e.ticket_id: e for e in ends if first_unclaimed(claims.get(e.ticket_id)) <= e.sequence}
        settled, times = self.settled_before_ms(), dict[str, int]()
        if settled:
            places = {ticket_id: first_unclaimed(claims.get(ticket_id)) for ticket_id in behind}
            times = await self._claims.find_times(scope.organization_id, places)
        doubtful = []
        for ticket_id, end in behind.items():
            may_be_late = not settled or times.get(ticket_id, 0) >= settled
            found = check_end(end, claims.get(ticket_id), verifier.keys.active_id, may_be_late)
            if found and not await self._is_late(scope, end, found, verifier):
                doubtful.append((end, found))
        return doubtful

    async def _is_late(self, scope: ChainScope, end: ChainEnd, found: Break, verifier: Verifier) -> bool:
        if found.kind is not BreakKind.RETIRED_KEY or not end.marked:
            return False
        links = await self._claims.find_links(scope.organization_id, end.ticket_id, found.sequence)
        return is_late(links, verifier.changes.get(verifier.keys.active_id), to_millis(self._clock()))

    async def _check_transitions(self, scope: ChainScope, transitions: Sequence[Transition]) -> list[Break]:
        pending = [step for step in transitions if step.needs_claim()]
        unclaimed = await self._unclaimed(scope, pending)
        if unclaimed and await self._claims.index_anchors(scope.organization_id):
            unclaimed = await self._unclaimed(scope, pending)
        return [Break(BreakKind.RETIRED_KEY, step.ticket_id, place) for step, place in unclaimed]

    async def _unclaimed(self, scope: ChainScope, pending: Sequence[Transition]) -> list[tuple[Transition, int]]:
        """Those before which the old key has signed what nobody had claimed in time, and from which place on."""
        unclaimed = []
        for change in {step.change for step in pending}:
            steps = [step for step in pending if step.change == change]
            ids, until = [step.ticket_id for step in steps], change.time_ms + WINDOW_MS
            claims = await self._claims.find_claims(scope.organization_id, ids, True, until)
            for step in steps:
                claim = claims.get(step.ticket_id)
                if not step.is_claimed(claim):
                    unclaimed.append((step, claim.sequence + 1 if claim else 1))
        return unclaimed
