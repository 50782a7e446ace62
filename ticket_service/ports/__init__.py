"""What the use cases need of the outside, as Protocols: each docstring is a contract."""
