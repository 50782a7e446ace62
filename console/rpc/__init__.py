"""What operators ask of the console over gRPC. Only this folder knows its protos."""
