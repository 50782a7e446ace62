"""The edge: the servicer, protobuf conversion, and clients of other services."""
