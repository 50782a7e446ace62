"""gRPC as every Keva process speaks it: servers, channels, errors, mutual TLS, and who may call what."""
