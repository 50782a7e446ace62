"""`keva` and `python -m cli`."""

import io
import os
import sys

# gRPC's own log lines would stand between the command's words; before grpc is imported.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
# Typer reads options with pydantic, which would look for plugins in all that is installed.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from cli.app import app
from cli.command import CANNOT_BE_WRITTEN, complain_of_output


def main() -> None:
    """Runs the command that the process's arguments name. Ends the process with the exit status of `keva --help`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a customer's emoji must not fail for it.
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="keva")
    except OSError as error:
        # Of --help, which no command's own words stand around.
        if error.errno not in CANNOT_BE_WRITTEN:
            raise
        raise SystemExit(complain_of_output()) from None
    except SystemExit as ended:
        # Who has complained already has said why.
        if not _flushed() and not ended.code:
            raise SystemExit(complain_of_output()) from None
        raise
    finally:
        _flushed()


def _flushed() -> bool:
    """Whether all is written. Whoever read our output (`| head`) may have seen enough: that is not an error."""
    if sys.stdout is None:
        return True
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return isinstance(error, BrokenPipeError)
    return True


if __name__ == "__main__":
    main()
