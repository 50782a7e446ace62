"""`keva` and `python -m cli`."""

import io
import os
import sys

# gRPC's own log lines would stand between the command's words; before grpc is imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
# Typer reads options with pydantic, which would look for plugins in all that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from cli.app import app


def main() -> None:
    """Runs the command that the process's arguments name. Ends the process with the exit status of `keva --help`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A customer's emoji is no reason to fail on a terminal that has none.
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="keva")
    finally:
        _flush()


def _flush() -> None:
    """Whoever read our output (`| head`) may have seen enough: that is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
