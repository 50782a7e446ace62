"""Events over gRPC."""
