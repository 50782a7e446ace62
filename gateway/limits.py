"""The gateway's own limits on what somebody may send before we know who it is. docs/operations.md lists them all.

Twilio's webhooks have a head of 1 KiB, a body of 2 KiB and some 30 parameters, and come in one packet.
"""

from servicekit.http.limits import ConnectionLimits

# Of connections, heads and idle time: the usual ones.
CONNECTIONS = ConnectionLimits()

# What the body holds (beyond: 400). Its size (413) is a limit that others must agree on: servicekit/limits.py.
MAX_PARAMETERS = 1000
MAX_PARAMETER_NAME_BYTES = 256
# How long it may take from the end of the head on. Beyond: 408.
BODY_SECONDS = 1.5
# Webhooks that are worked on at once. Beyond: 503.
MAX_WEBHOOKS = 1000
# Of those, so many wait for our services, however slow these are (adaptive_limit.py): an answer that takes longer than
# that is a sign that there are too many. Beyond: 503.
LEAST_WEBHOOKS = 128
SLOW_SECONDS = 0.8

# Wrong signatures (signature_budget.py): this many at once, then that many a second. Beyond: 403 without asking.
SOURCE_FAILURES = 20
SOURCE_FAILURES_PER_SECOND = 0.5
ACCOUNT_FAILURES = 50
ACCOUNT_FAILURES_PER_SECOND = 1.0
# How many sources, accounts and pairs of both are remembered; those that were not seen for longest are forgotten.
MAX_REMEMBERED = 10_000
# How long a source, once it has brought a genuine webhook of an account, is not refused for that account's sake.
GOOD_RECORD_SECONDS = 24 * 3600.0
# No 403 comes sooner, so that its timing does not show which of the checks failed.
REFUSAL_SECONDS = 0.1
