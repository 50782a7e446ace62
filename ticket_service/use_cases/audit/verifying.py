"""Use cases: verify the audit trail's chains, and export them, in parts that each fit in one call."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from servicekit import paging
from servicekit.audit.chain import Anchor, ChainPiece, Head, anchor_of, head_line, to_line, to_millis
from servicekit.audit.export_lines import end_line, export_line
from servicekit.audit.verification import Break, BreakKind, Position, Verifier
from servicekit.clock import Clock
from servicekit.errors import NotFound
from servicekit.ids import new_id
from servicekit.limits import COMPARED_PER_CALL
from ticket_service import errors
from ticket_service.domain.audit import NO_TICKET, Actor, AuditEntry, ChainPlace, ChainScope, in_order
from ticket_service.domain.audit_action import AuditAction
from ticket_service.ports.anchors import AnchorStore
from ticket_service.ports.audit import AuditStore
from ticket_service.ports.claims import ClaimStore
from ticket_service.use_cases.audit.comparing import AuditComparing

# What is verified, or sent, in one call.
_RECORDS_PER_PART = 1000
# Each may commit to a hundred chains, which are all looked up.
_ANCHORING_RECORDS_PER_PART = 100
# More of them would say no more.
_MOST_UNPLACED = 100
# What stands in a token: a place, counts, when it began, and a position.
_TOKEN = (
    *(paging.is_text, paging.is_number, paging.is_number, paging.is_number, paging.is_number, paging.is_number),
    *(paging.is_text, paging.is_number, paging.is_text, paging.is_number, paging.is_text),
)
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
    start_ms: int

    def token(self, scope: ChainScope, purpose: str) -> str:
        place, at = self.place, self.position
        if place is None:
            return ""
        values = (place.ticket_id, place.sequence, int(place.is_open), self.total, self.done, self.start_ms)
        position = (at.ticket_id, at.sequence, at.mac, int(at.broken), at.key_id)
        return paging.encode([*values, *position], [purpose, scope])

    @classmethod
    def of(cls, token: str, scope: ChainScope, purpose: str) -> "_Progress | None":
        values = paging.decode(token, [purpose, scope], _TOKEN)
        if not values:
            return None
        ticket_id, sequence, is_open, total, done, start, chain, good, mac, broken, key_id = values
        place = ChainPlace(str(ticket_id), int(sequence), bool(is_open))
        position = Position(str(chain), int(good), str(mac), bool(broken), str(key_id))
        return cls(place, int(total), int(done), position, int(start))


class AuditVerifying:
    """Verifies and exports the chains of all organizations. `anchor_seconds`: how often tickets are anchored."""

    def __init__(
        self, store: AuditStore, claims: ClaimStore, anchors: AnchorStore, clock: Clock, anchor_seconds: float
    ) -> None:
        self._store = store
        self._claims = claims
        self._anchors = anchors
        self._clock = clock
        self._comparing = AuditComparing(store, claims, clock, anchor_seconds)

    async def verify(self, scope: ChainScope, token: str, anchors: Sequence[Anchor], actor: Actor) -> VerifiedPart:
        """The next part; the first one is recorded. Raises FIELD_INVALID, PAGE_TOKEN_INVALID, TICKET_NOT_FOUND."""
        if len(anchors) > COMPARED_PER_CALL:
            raise errors.invalid("anchors", f"may have at most {COMPARED_PER_CALL} entries")
        before = await self._progress(scope, token, "verify")
        keys = await self._claims.keys(scope.organization_id)
        changes = await self._claims.find_key_changes(scope.organization_id)
        verifier = Verifier(keys, scope.organization_id, before.position, changes)
        pieces, place = await self._read(scope, before.place, verifier)
        for piece in pieces:
            verifier.go_on(piece.ticket_id, piece.links)
            if piece.ends:
                verifier.end(piece.ticket_id, Head.parse(piece.head), piece.exists, piece.marked)
        breaks = await self._comparing.compare(scope, verifier, not token)
        breaks = [*verifier.breaks, *breaks]
        if not token and anchors:
            breaks += await self._comparing.compare_anchors(scope, anchors, keys)
        after = _Progress(place, before.total, before.done + verifier.verified, verifier.position, before.start_ms)
        next_token = after.token(scope, "verify")
        if not next_token:
            breaks += await self._unplaced(scope)
        anchor = None if next_token else await self._anchor(scope)
        if not token and before.total:
            # A chain that is broken is left as it was found.
            await self._record(AuditAction.AUDIT_VERIFIED, scope, actor, all(b.ticket_id for b in breaks))
        return VerifiedPart(before.total, after.done, tuple(breaks), next_token, anchor)

    async def _read(
        self, scope: ChainScope, after: ChainPlace | None, verifier: Verifier
    ) -> tuple[list[ChainPiece], ChainPlace | None]:
        try:
            return await self._store.read_chains(scope, after, _records_per_part(scope, after))
        except NotFound:
            deleted = await self._comparing.find_deleted(scope)
            if not deleted:
                raise
            verifier.breaks += deleted
            return [], None

    async def export(self, scope: ChainScope, token: str, actor: Actor) -> ExportedPart:
        """The next part; the first one is recorded. Raises PAGE_TOKEN_INVALID, TICKET_NOT_FOUND."""
        before = await self._progress(scope, token, "export")
        pieces, place = await self._store.read_chains(scope, before.place, _RECORDS_PER_PART)
        lines = [] if token or scope.workspace_id or scope.ticket_id else [await self._export_line(scope, before)]
        done = before.done
        for piece in pieces:
            lines += [to_line(link) for link in piece.links]
            done += len(piece.links)
            if piece.ends:
                # What was anchored since the organization's own chain was exported is not claimed in there.
                marked = piece.marked or (bool(token) and self._comparing.is_young(piece, before.start_ms))
                head = (piece.ticket_id, piece.head, piece.exists, marked if piece.ticket_id else None)
                lines.append(head_line(scope.organization_id, *head))
        if not token and before.total:
            await self._record(AuditAction.AUDIT_EXPORTED, scope, actor)
        next_token = _Progress(place, before.total, done, before.position, before.start_ms).token(scope, "export")
        end = await self._anchor(scope) if token and not next_token else None
        return ExportedPart(before.total, done, (*lines, *([end_line(end)] if end else [])), next_token)

    async def _record(self, action: AuditAction, scope: ChainScope, actor: Actor, is_sound: bool = True) -> None:
        """Who looks at what, once per run, in the organization's own trail. Last, so that a run that is refused leaves
        no record, and before the answer. Where nothing can be added to that trail without covering up what somebody
        did to its end, the log says who looked."""
        named = {"workspace_id": scope.workspace_id, "ticket_id": scope.ticket_id}
        details = {name: value for name, value in named.items() if value}
        entry = AuditEntry(action, scope.organization_id, actor, self._clock(), details)
        (record,) = in_order([entry], scope.organization_id, scope.workspace_id, NO_TICKET, -1, new_id)
        failure: Exception | None = None
        try:
            if is_sound and await self._store.append_to_sound_chain(record):
                return
        except Exception as error:
            failure = error
        who = f"{actor.kind.value}:{actor.id}"
        _log.error("not in the audit trail", action=str(action), actor=who, **details, exc_info=failure)

    async def _progress(self, scope: ChainScope, token: str, purpose: str) -> _Progress:
        before = _Progress.of(token, scope, purpose)
        now = to_millis(self._clock())
        return before or _Progress(None, await self._store.count_records(scope), 0, Position(), now)

    async def _unplaced(self, scope: ChainScope) -> list[Break]:
        found = await self._store.find_unplaced(scope, _MOST_UNPLACED)
        return [Break(BreakKind.INSERTED, ticket_id, 0, record_id) for ticket_id, record_id in found]

    async def _export_line(self, scope: ChainScope, begun: _Progress) -> str:
        keys, settled = await self._claims.keys(scope.organization_id), self._comparing.settled_before_ms()
        return export_line(scope.organization_id, begun.start_ms, settled, keys)

    async def _anchor(self, scope: ChainScope) -> Anchor | None:
        if scope.workspace_id or scope.ticket_id:
            return None
        keys = await self._claims.keys(scope.organization_id)
        head = (await self._anchors.organization_heads()).get(scope.organization_id)
        is_genuine = head is not None and head.key_id == keys.active_id
        return anchor_of(scope.organization_id, head, self._clock(), keys) if head and is_genuine else None


def _records_per_part(scope: ChainScope, place: ChainPlace | None) -> int:
    in_own_chain = not scope.workspace_id and not scope.ticket_id and (place is None or not place.ticket_id)
    return _ANCHORING_RECORDS_PER_PART if in_own_chain else _RECORDS_PER_PART
