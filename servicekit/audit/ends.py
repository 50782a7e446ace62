"""Whether the ends of tickets' chains are bound by anchors in their organization's own chain, whose head the active key
signs. Pure; standard library only."""

from collections.abc import Iterable, Mapping

from servicekit.audit.chain import Claim
from servicekit.audit.verification import Break, BreakKind, ChainEnd


def is_covered(end: ChainEnd, claim: Claim | None) -> bool:
    """Whether an anchor claims the chain as it ends."""
    return claim is not None and (claim.sequence, claim.mac) == (end.sequence, end.mac)


def uncovered(ends: Iterable[ChainEnd], claims: Mapping[str, Claim]) -> list[ChainEnd]:
    """Those that no anchor claims as they end; `claims` has the newest one of each chain."""
    return [end for end in ends if not is_covered(end, claims.get(end.ticket_id))]


def first_unclaimed(claim: Claim | None) -> int:
    """The place of the first record that no anchor vouches for."""
    return claim.sequence + 1 if claim else 1


def check_end(end: ChainEnd, claim: Claim | None, active_key_id: str, may_be_late: bool) -> Break | None:
    """What is wrong with an end that is not covered. A replaced key makes no end: what it has signed holds only as far
    as it is claimed. A chain without its mark is claimed as a whole, always; one with a mark may be late, if
    `may_be_late`: the next anchor claims it."""
    place = first_unclaimed(claim)
    if active_key_id and end.key_id != active_key_id:
        return Break(BreakKind.RETIRED_KEY, end.ticket_id, place)
    if end.marked is None or (end.marked and may_be_late):
        return None
    return Break(BreakKind.UNANCHORED, end.ticket_id, place)
