"""How `keva` ends, for scripts to act on."""

from enum import IntEnum

from client.failure import Failure, FailureKind


class ExitCode(IntEnum):
    """The process's exit status."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4
    TRY_AGAIN = 5
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "failed, or a service refused it",
    ExitCode.USAGE: "wrong usage: the command can never succeed as it is written",
    ExitCode.NOT_FOUND: "what the command names does not exist",
    ExitCode.UNREACHABLE: "a service cannot be reached",
    ExitCode.TRY_AGAIN: "not possible right now: try again",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
}
_OF_KINDS = {
    FailureKind.UNUSABLE: ExitCode.USAGE,
    FailureKind.NO_CERTIFICATE: ExitCode.USAGE,
    FailureKind.NO_KEVA: ExitCode.UNREACHABLE,
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
