"""What the gateway counts, for Prometheus. No label has a number, an account, an address or a text."""

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter("keva_webhooks", "Webhooks, by kind and by the status that they were answered", ["kind", "status"])
SIGNATURE_FAILURES = Counter(
    "keva_webhook_signature_failures", "Webhooks whose signature is missing or wrong, or whose account is not connected"
)
UNCHECKED = Counter(
    "keva_webhook_signatures_unchecked", "Webhooks refused without a check: a budget of failures is used up", ["budget"]
)
UNKNOWN_SENDERS = Counter(
    "keva_webhooks_of_unknown_senders",
    "Webhooks through a proxy that KEVA_TRUSTED_PROXIES does not name, or that names no sender: without a budget",
)
LET_IN = Gauge("keva_webhooks_let_in", "How many webhooks may wait for our services at once, now")
