"""What transactions do to each other, as metrics: how often somebody else was faster."""

from prometheus_client import Counter

TRANSACTIONS = Counter("keva_transactions", "Transactions that were committed")
CONFLICTS = Counter(
    "keva_transaction_conflicts", "Transactions that somebody else was faster than, and that were begun again"
)
LOST = Counter("keva_transactions_lost", "Transactions that were given up after conflict upon conflict")
