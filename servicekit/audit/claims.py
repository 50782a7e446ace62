"""Compares what anchors claim of chains, and records of other chains, with what there is. Standard library only."""

from collections.abc import Iterable, Mapping, Sequence

from servicekit.audit.chain import Anchor, Claim, Keys
from servicekit.audit.verification import Break, BreakKind


def check_claims(claims: Iterable[Claim], found: Mapping[tuple[str, int], str], last: Mapping[str, int]) -> list[Break]:
    """Compares what anchors claim with what there is. `found`: the MACs at the claimed places; `last`: the last place
    of each chain of which a claimed place is missing. The first break of each chain."""
    breaks: dict[str, Break] = {}
    for claim in sorted(claims, key=lambda claim: (claim.ticket_id, claim.sequence)):
        mac = found.get((claim.ticket_id, claim.sequence))
        if mac == claim.mac or claim.ticket_id in breaks:
            continue
        end = last.get(claim.ticket_id, 0)
        if mac is not None:
            found_break = Break(BreakKind.NOT_AS_ANCHORED, claim.ticket_id, claim.sequence)
        elif end == 0:
            found_break = Break(BreakKind.DELETED, claim.ticket_id, 1)
        elif end < claim.sequence:
            found_break = Break(BreakKind.TRUNCATED, claim.ticket_id, end + 1)
        else:
            found_break = Break(BreakKind.MISSING, claim.ticket_id, claim.sequence)
        breaks[claim.ticket_id] = found_break
    return list(breaks.values())


def newest_claims(claims: Iterable[Claim]) -> dict[str, Claim]:
    """The newest claim of each chain, by ticket id: each record vouches for all before it, so that one says it all."""
    newest: dict[str, Claim] = {}
    for claim in claims:
        if claim.ticket_id not in newest or claim.sequence > newest[claim.ticket_id].sequence:
            newest[claim.ticket_id] = claim
    return newest


def check_anchors(
    anchors: Sequence[Anchor],
    organization_id: str,
    keys: Keys,
    found: Mapping[tuple[str, int], str],
    last: Mapping[str, int],
) -> list[Break]:
    """Compares an organization's own chain with anchors that were kept elsewhere; otherwise like check_claims."""
    mine = [anchor for anchor in anchors if anchor.organization_id == organization_id and anchor.is_genuine(keys)]
    forged = [Break(BreakKind.FORGED_ANCHOR, "", anchor.sequence) for anchor in anchors if anchor not in mine]
    return forged + check_claims([Claim("", anchor.sequence, anchor.mac) for anchor in mine], found, last)
