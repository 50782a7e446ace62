"""`keva` and `python -m cli`."""

import os

# gRPC's own log lines would stand between the command's words; before grpc is imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

from cli.app import app


def main() -> None:
    """Runs the command that the process's arguments name. Ends the process with the exit status of `keva --help`."""
    app(prog_name="keva")


if __name__ == "__main__":
    main()
