"""Every limit on what somebody may send, or make us hold, before we know who it is. docs/operations.md lists them.

Twilio's webhooks have a head of 1 KiB, a body of 2 KiB and some 30 parameters, and come in one packet.
"""

KIB = 1024

# The head: request line and headers. Beyond: 400.
MAX_LINE_BYTES = 8 * KIB
MAX_HEADER_BYTES = 8 * KIB
MAX_HEADERS = 64
MAX_HEAD_BYTES = 32 * KIB

# The body, once it is decompressed, whatever its length is said to be (beyond: 413), and what it holds (400).
MAX_BODY_BYTES = 64 * KIB
MAX_PARAMETERS = 1000
MAX_PARAMETER_NAME_BYTES = 256

# How long a head may take from its first byte on, and a body from the end of the head on. Beyond: 408.
HEAD_SECONDS = 3.0
BODY_SECONDS = 1.5
# How long a connection may stay without a request: longer than load balancers keep theirs, which is usually 60 s, since
# they must be the ones to close. Beyond: it is closed.
IDLE_SECONDS = 75.0
# How long an answer may take to be taken by whom it is for. Beyond: the connection is closed.
ANSWER_SECONDS = 10.0
# How long the rest of a refused body is read, so that its sender sees the answer.
LINGERING_SECONDS = 1.0

# (Requests of one connection that came before the first of them was answered are held back in the network by aiohttp.)
# Connections in all, and of one source address that is not known to stand for others. Beyond: 503, and closed.
MAX_CONNECTIONS = 12_000
MAX_CONNECTIONS_PER_SOURCE = 500
# What was read of requests that are not answered yet: 1,000 ordinary webhooks are 2 MiB. Beyond: 503, and closed.
MAX_UNANSWERED_BYTES = 16 * 1024 * KIB
# How much is read ahead of whoever reads a body.
READ_AHEAD_BYTES = 64 * KIB
# Webhooks that are worked on at once. Beyond: 503.
MAX_WEBHOOKS = 1000

# Wrong signatures (signature_budget.py): this many at once, then that many a second. Beyond: 403 without asking.
SOURCE_FAILURES = 20
SOURCE_FAILURES_PER_SECOND = 0.5
ACCOUNT_FAILURES = 50
ACCOUNT_FAILURES_PER_SECOND = 1.0
# How many sources, accounts and pairs of both are remembered; those that were not seen for longest are forgotten.
MAX_REMEMBERED = 10_000
# How long a source, once it has brought a genuine webhook of an account, is not refused for that account's sake.
GOOD_RECORD_SECONDS = 24 * 3600.0
# No 403 comes sooner, so that its time does not tell which of the checks failed.
REFUSAL_SECONDS = 0.1
