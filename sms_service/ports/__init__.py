"""What the use cases need of the outside, as Protocols: each docstring is a contract. Every method that asks the
database may raise Unavailable STORE_UNAVAILABLE."""
