"""The order of stored records: that of their ids is about that of their times, and replicas' clocks differ. Within a
chain their sequence is the order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from ticket_service.domain.audit import AuditRecord

Place = tuple[str, int]
# Of a chain whose records are this far apart, others between them belong to somebody else.
_WIDEST_GAP = 1000


def missing_places(records: Iterable[AuditRecord]) -> set[Place]:
    """The places (ticket id, sequence) between records of one organization, and right before the first one of each
    chain."""
    chains: defaultdict[str, set[int]] = defaultdict(set)
    for record in records:
        chains[record.ticket_id].add(record.sequence)
    missing: set[Place] = set()
    for ticket_id, there in chains.items():
        first, last = min(there), max(there)
        if first > 1:
            missing.add((ticket_id, first - 1))
        if last - first <= _WIDEST_GAP:
            missing |= {(ticket_id, sequence) for sequence in range(first, last) if sequence not in there}
    return missing


def in_chain_order(records: Sequence[AuditRecord]) -> list[AuditRecord]:
    """The same records, the places that each chain has among them filled in the order of its sequence."""
    chains: defaultdict[str, list[AuditRecord]] = defaultdict(list)
    for record in records:
        chains[record.ticket_id].append(record)
    sorted_chains = {
        ticket_id: iter(sorted(chain, key=lambda record: record.sequence)) for ticket_id, chain in chains.items()
    }
    return [next(sorted_chains[record.ticket_id]) for record in records]
