"""What services meet in their databases, as metrics: somebody who was faster, and documents that nobody can read."""

from prometheus_client import Counter

TRANSACTIONS = Counter("keva_transactions", "Transactions that were committed")
CONFLICTS = Counter(
    "keva_transaction_conflicts", "Transactions that somebody else was faster than, and that were begun again"
)
LOST = Counter("keva_transactions_lost", "Transactions that were given up after conflict upon conflict")
UNREADABLE = Counter(
    "keva_unreadable_documents", "Times that a document could not be read, and those beside it were", ["what"]
)
