"""What the use cases and the loops need of the outside, as Protocols: each docstring is a contract, and an
implementation says only what is its own. tests/ticket_service holds the stores to it, on a real mongod.

Every method of a store may raise Unavailable STORE_UNAVAILABLE, and every one that writes Aborted CONCURRENT_UPDATE;
then nothing was written. What has been written is on a majority's journals when a method returns. A decision that is
passed to a method may be asked several times, so it has no effects of its own; what it raises is raised.
"""
