"""The web console: where people sign in, and answer customers. Its pages ask the services, and decide nothing."""
