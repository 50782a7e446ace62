"""Use cases: verify the audit trail's chains, and export them, in parts that each fit in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from servicekit import paging
from servicekit.audit.chain import Anchor, Claim, Head, Keys, anchor_of, head_line, to_line
from servicekit.audit.verification import (
    Break,
    BreakKind,
    Position,
    Verifier,
    check_anchors,
    check_claims,
    newest_claims,
)
from servicekit.clock import Clock
from servicekit.ids import new_id
from servicekit.limits import COMPARED_PER_CALL
from ticket_service import errors
from ticket_service.domain.audit import NO_TICKET, Actor, AuditEntry, ChainPlace, ChainScope, in_order
from ticket_service.domain.audit_action import AuditAction
from ticket_service.ports.anchors import AnchorStore
from ticket_service.ports.audit import AuditStore

# What is verified, or sent, in one call.
_RECORDS_PER_PART = 1000
# Each may commit to a hundred chains, which are all looked up.
_ANCHORING_RECORDS_PER_PART = 100
# More of them would say no more.
_MOST_UNPLACED = 100
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class VerifiedPart:
    """What was found in a part of the trail. `anchor` is the head of the organization's own chain, and comes with the
    last part of a whole organization."""

    total: int
    verified: int
    breaks: tuple[Break, ...]
    next_page_token: str
    anchor: Anchor | None = None


@dataclass(frozen=True)
class ExportedPart:
    """A part of the trail as lines of JSON."""

    total: int
    exported: int
    lines: tuple[str, ...]
    next_page_token: str


@dataclass(frozen=True)
class _Progress:
    place: ChainPlace | None
    total: int
    done: int
    position: Position

    def token(self, scope: ChainScope, purpose: str) -> str:
        place, at = self.place, self.position
        if place is None:
            return ""
        values = (place.ticket_id, place.sequence, int(place.is_open), self.total, self.done)
        return paging.encode([*values, at.ticket_id, at.sequence, at.mac, int(at.broken)], [purpose, scope])

    @classmethod
    def of(cls, token: str, scope: ChainScope, purpose: str) -> "_Progress | None":
        values = paging.decode(token, [purpose, scope])
        if not values:
            return None
        ticket_id, sequence, is_open, total, done, chain, good, mac, broken = values
        place = ChainPlace(str(ticket_id), int(sequence), bool(is_open))
        return cls(place, int(total), int(done), Position(str(chain), int(good), str(mac), bool(broken)))


class AuditVerifying:
    """Verifies and exports the chains of all organizations."""

    def __init__(self, store: AuditStore, anchors: AnchorStore, keys: Keys, clock: Clock) -> None:
        self._store = store
        self._anchors = anchors
        self._keys = keys
        self._clock = clock

    async def verify(self, scope: ChainScope, token: str, anchors: Sequence[Anchor], actor: Actor) -> VerifiedPart:
        """The next part; the first one is recorded. Raises FIELD_INVALID, PAGE_TOKEN_INVALID, TICKET_NOT_FOUND."""
        if len(anchors) > COMPARED_PER_CALL:
            raise errors.invalid("anchors", f"may have at most {COMPARED_PER_CALL} entries")
        before = await self._progress(scope, token, "verify")
        verifier = Verifier(self._keys, scope.organization_id, before.position)
        pieces, place = await self._store.read_chains(scope, before.place, _records_per_part(scope, before.place))
        for piece in pieces:
            verifier.go_on(piece.ticket_id, piece.links)
            if piece.ends:
                verifier.end(piece.ticket_id, Head.parse(piece.head), piece.exists)
        breaks = [*verifier.breaks, *await self._check(scope, verifier.claims)]
        if not token and anchors:
            breaks += await self._check_anchors(scope, anchors)
        after = _Progress(place, before.total, before.done + verifier.verified, verifier.position)
        next_token = after.token(scope, "verify")
        if not next_token:
            breaks += await self._unplaced(scope)
        anchor = None if next_token else await self._anchor(scope)
        if not token and before.total:
            await self._record(AuditAction.AUDIT_VERIFIED, scope, actor)
        return VerifiedPart(before.total, after.done, tuple(breaks), next_token, anchor)

    async def export(self, scope: ChainScope, token: str, actor: Actor) -> ExportedPart:
        """The next part; the first one is recorded. Raises PAGE_TOKEN_INVALID, TICKET_NOT_FOUND."""
        before = await self._progress(scope, token, "export")
        pieces, place = await self._store.read_chains(scope, before.place, _RECORDS_PER_PART)
        lines: list[str] = []
        done = before.done
        for piece in pieces:
            lines += [to_line(link) for link in piece.links]
            done += len(piece.links)
            if piece.ends:
                lines.append(head_line(scope.organization_id, piece.ticket_id, piece.head, piece.exists))
        if not token and before.total:
            await self._record(AuditAction.AUDIT_EXPORTED, scope, actor)
        after = _Progress(place, before.total, done, before.position)
        return ExportedPart(before.total, done, tuple(lines), after.token(scope, "export"))

    async def _record(self, action: AuditAction, scope: ChainScope, actor: Actor) -> None:
        """Who looks at what, once per run, in the organization's own trail. Last, so that a run that is refused leaves
        no record, and before the answer. Where nothing can be added to that trail, the log says who looked: somebody
        may have changed its end, and that is what a look is to find."""
        named = {"workspace_id": scope.workspace_id, "ticket_id": scope.ticket_id}
        details = {name: value for name, value in named.items() if value}
        entry = AuditEntry(action, scope.organization_id, actor, self._clock(), details)
        records = in_order([entry], scope.organization_id, scope.workspace_id, NO_TICKET, -1, new_id)
        try:
            await self._store.append_records(records)
        except Exception as error:
            who = f"{actor.kind.value}:{actor.id}"
            _log.error("not in the audit trail", action=str(action), actor=who, **details, exc_info=error)

    async def _progress(self, scope: ChainScope, token: str, purpose: str) -> _Progress:
        before = _Progress.of(token, scope, purpose)
        return before or _Progress(None, await self._store.count_records(scope), 0, Position())

    async def _unplaced(self, scope: ChainScope) -> list[Break]:
        found = await self._store.find_unplaced(scope, _MOST_UNPLACED)
        return [Break(BreakKind.INSERTED, ticket_id, 0, record_id) for ticket_id, record_id in found]

    async def _check(self, scope: ChainScope, claims: Sequence[Claim]) -> list[Break]:
        newest = list(newest_claims(claims).values())
        found, last = await self._store.find_macs(scope.organization_id, newest)
        return check_claims(newest, found, last)

    async def _check_anchors(self, scope: ChainScope, anchors: Sequence[Anchor]) -> list[Break]:
        claims = [Claim("", anchor.sequence, anchor.mac) for anchor in anchors]
        found, last = await self._store.find_macs(scope.organization_id, claims)
        return check_anchors(anchors, scope.organization_id, self._keys, found, last)

    async def _anchor(self, scope: ChainScope) -> Anchor | None:
        if scope.workspace_id or scope.ticket_id:
            return None
        head = (await self._anchors.organization_heads()).get(scope.organization_id)
        return anchor_of(scope.organization_id, head, self._clock(), self._keys) if head else None


def _records_per_part(scope: ChainScope, place: ChainPlace | None) -> int:
    in_own_chain = not scope.workspace_id and not scope.ticket_id and (place is None or not place.ticket_id)
    return _ANCHORING_RECORDS_PER_PART if in_own_chain else _RECORDS_PER_PART
