"""Reports over gRPC."""
