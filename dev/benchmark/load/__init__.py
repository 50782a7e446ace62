"""The load generator: a process of its own, that signs its requests beforehand and costs little while they are sent."""
