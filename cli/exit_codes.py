"""How `keva` ends, for scripts to act on."""

from enum import IntEnum

from client.failure import Failure, FailureKind


class ExitCode(IntEnum):
    """The process's exit status. Listed in `keva --help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    TRY_AGAIN = 5
    INTERRUPTED = 130


_OF_KINDS = {
    FailureKind.UNUSABLE: ExitCode.USAGE,
    FailureKind.NO_CERTIFICATE: ExitCode.USAGE,
    FailureKind.NOT_FOUND: ExitCode.NOT_FOUND,
    FailureKind.UNREACHABLE: ExitCode.UNREACHABLE,
    FailureKind.TRY_AGAIN: ExitCode.TRY_AGAIN,
    FailureKind.REFUSED: ExitCode.FAILED,
    FailureKind.NOT_TRUSTED: ExitCode.FAILED,
    FailureKind.UNKNOWN_RPC: ExitCode.FAILED,
}


def exit_code(failure: Failure) -> ExitCode:
    """How a command ends that failed like this."""
    return _OF_KINDS[failure.kind]
