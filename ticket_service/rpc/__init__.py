"""The edge: one servicer per gRPC service, converters named after what they convert, and clients of other services.

What is of a module `…_pb2`, or `pb` for short, is protobuf: message_pb2.Message is one, and Message the domain's.
"""
