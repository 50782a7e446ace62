"""The `keva` command: what operators and agents do from a terminal, over gRPC. It never sees MongoDB, and no
credentials but the Auth Token that it is given to pass on."""
