"""The edge: servicers, protobuf conversion, and clients of other services."""
